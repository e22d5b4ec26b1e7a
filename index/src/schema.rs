//! The fields of the index.

use tantivy::{
    IndexSettings,
    schema::{
        FAST, Field, INDEXED, IndexRecordOption, IpAddrOptions, STORED, Schema, SchemaBuilder,
        TextFieldIndexing, TextOptions,
    },
    store::{Compressor, ZstdCompressor},
};

use crate::tokenizer;

/// Names of the columns that results are sorted by.
pub(crate) const ID_HIGH: &str = "id_high";
pub(crate) const ID_LOW: &str = "id_low";
pub(crate) const SENT_AT: &str = "sent_at";

/// Names of the columns that results are counted by.
pub(crate) const KIND: &str = "kind";
pub(crate) const ISSUER: &str = "issuer";
pub(crate) const STATE: &str = "state";
pub(crate) const YEAR: &str = "year";
pub(crate) const MONTH: &str = "month";

/// Names of the columns that answers to questions are weighed by.
pub(crate) const LENGTH: &str = "length";
pub(crate) const AUTHORITY: &str = "authority";

/// Name of the column that says what an entry holds.
pub(crate) const FINGERPRINT: &str = "fingerprint";

/// How hard texts are pressed together. Level 3 of zstd takes a third of the text where lz4 takes
/// half, and a tenth more time to build; higher levels gain little and cost much.
const COMPRESSION: i32 = 3;

/// Bytes that are pressed together, and read together for one hit: larger ones are smaller
/// together, and make each hit dearer.
const BLOCK: usize = 16 * 1024;

/// How a new index keeps its texts. One that was begun otherwise goes on as it was.
pub(crate) fn settings() -> IndexSettings {
    IndexSettings {
        docstore_compression: Compressor::Zstd(ZstdCompressor {
            compression_level: Some(COMPRESSION),
        }),
        docstore_blocksize: BLOCK,
        ..IndexSettings::default()
    }
}

/// The fields, by what they are for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Fields {
    /// The document. An address of IPv6 is the engine's only 128-bit number.
    pub id: Field,
    /// The same, in two halves to be read by document: opening a column of 128-bit numbers as
    /// sparse as UUIDs costs the engine time in proportion to how many there are.
    pub id_high: Field,
    pub id_low: Field,
    /// The units that may find it.
    pub visible_to: Field,
    pub title: Field,
    /// The whole folded title as one term, when short enough to be typed.
    pub whole_title: Field,
    /// The name of the law that this is the text of, as `law` reads titles.
    pub law: Field,
    /// How the title is typed by its sounds: in full, and by the first letters.
    pub reading: Field,
    pub doc_number: Field,
    pub case_number: Field,
    pub unit: Field,
    pub kind: Field,
    pub kind_label: Field,
    /// The unit that issued it.
    pub issuer: Field,
    pub state: Field,
    pub state_label: Field,
    pub sent_at: Field,
    pub year: Field,
    /// The year and the month of sending, as one number: 202403.
    pub month: Field,
    /// How many characters the parts have.
    pub length: Field,
    /// See `authority`.
    pub authority: Field,
    /// The texts of the parts, in order; names and pages have the same order.
    pub body: Field,
    pub part_name: Field,
    pub part_page: Field,
    /// See `fingerprint`.
    pub fingerprint: Field,
}

impl Fields {
    /// The schema, and the fields in it.
    pub fn schema() -> (Schema, Self) {
        let mut schema = Schema::builder();
        let fields = Self {
            id: schema.add_ip_addr_field("id", IpAddrOptions::default().set_indexed()),
            id_high: schema.add_u64_field(ID_HIGH, FAST),
            id_low: schema.add_u64_field(ID_LOW, FAST),
            visible_to: schema
                .add_ip_addr_field("visible_to", IpAddrOptions::default().set_indexed()),
            title: searchable(&mut schema, "title"),
            whole_title: schema.add_text_field("whole_title", whole()),
            law: schema.add_text_field("law", whole()),
            reading: schema.add_text_field("reading", characters()),
            doc_number: searchable(&mut schema, "doc_number"),
            case_number: searchable(&mut schema, "case_number"),
            unit: searchable(&mut schema, "unit"),
            kind: schema.add_text_field(KIND, counted()),
            kind_label: schema.add_text_field("kind_label", characters()),
            issuer: schema
                .add_ip_addr_field(ISSUER, IpAddrOptions::default().set_indexed().set_fast()),
            state: schema.add_text_field(STATE, counted()),
            state_label: schema.add_text_field("state_label", characters()),
            sent_at: schema.add_i64_field(SENT_AT, FAST | INDEXED),
            year: schema.add_i64_field(YEAR, FAST | INDEXED),
            month: schema.add_i64_field(MONTH, FAST),
            length: schema.add_u64_field(LENGTH, FAST),
            authority: schema.add_u64_field(AUTHORITY, FAST),
            body: searchable(&mut schema, "body"),
            part_name: schema.add_text_field("part_name", STORED),
            part_page: schema.add_i64_field("part_page", STORED),
            fingerprint: schema.add_u64_field(FINGERPRINT, FAST),
        };
        (schema.build(), fields)
    }
}

fn searchable(schema: &mut SchemaBuilder, name: &str) -> Field {
    schema.add_text_field(name, characters() | STORED)
}

/// Text of which any substring can be found. No norms: nothing is weighed by length.
fn characters() -> TextOptions {
    indexed_by(tokenizer::NAME, IndexRecordOption::WithFreqsAndPositions)
}

/// Text that is found only as a whole.
fn whole() -> TextOptions {
    indexed_by("raw", IndexRecordOption::Basic)
}

/// A code that is found as a whole in whichever case, and counted by as it is.
fn counted() -> TextOptions {
    indexed_by(tokenizer::CODE, IndexRecordOption::Basic).set_fast("raw")
}

fn indexed_by(tokenizer: &str, record: IndexRecordOption) -> TextOptions {
    let indexing = TextFieldIndexing::default()
        .set_tokenizer(tokenizer)
        .set_index_option(record)
        .set_fieldnorms(false);
    TextOptions::default().set_indexing_options(indexing)
}
