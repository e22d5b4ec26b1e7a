use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::{Keys, ReceiptBundle},
    domain::{DOES_NOT_PROVE, Evidence},
};

/// The name of this form, with its version.
const FORMAT: &str = "wenshu-receipt-bundle/1";

/// A receipt with everything that it takes to check it without the hub.
#[derive(Debug, Serialize, ToSchema)]
pub struct BundleView {
    /// 格式：wenshu-receipt-bundle/1
    format: &'static str,
    /// 凭证
    receipt: SignedStatement,
    /// 同一文书、同一收件单位在此之前的凭证，从旧到新；每一份的 prev 是前一份的编号
    chain: Vec<SignedStatement>,
    /// 公钥（JWK）。须与从别处得到的公钥或指纹核对，否则只证明包内自相一致
    keys: Vec<serde_json::Value>,
    /// 公钥的 SHA-256
    fingerprint: String,
    /// 此凭证证明什么
    proves: &'static str,
    /// 不证明什么
    does_not_prove: &'static [&'static str],
}

/// A statement and the hub's signature over it.
#[derive(Debug, Serialize, ToSchema)]
struct SignedStatement {
    /// 凭证原文（RFC 8785 规范化 JSON），签名对它的 UTF-8 字节作出
    statement: String,
    /// Ed25519 签名，base64url
    signature: String,
    /// 签名所用的密钥
    key_id: String,
}

impl From<Evidence> for SignedStatement {
    fn from(evidence: Evidence) -> Self {
        Self {
            statement: evidence.statement,
            signature: evidence.signature,
            key_id: evidence.key_id,
        }
    }
}

impl BundleView {
    /// The bundle with the keys that signed it.
    #[must_use]
    pub fn of(bundle: ReceiptBundle, keys: &Keys) -> Self {
        Self {
            format: FORMAT,
            proves: bundle.receipt.event.proves(),
            receipt: bundle.receipt.into(),
            chain: bundle.chain.into_iter().map(Into::into).collect(),
            keys: vec![keys.evidence_jwk()],
            fingerprint: keys.evidence_fingerprint(),
            does_not_prove: DOES_NOT_PROVE,
        }
    }
}
