use crate::{
    app::{Error, Result, Work},
    domain::{
        DocNumber, Document, DocumentAct, DocumentId, DocumentState, JointIssuer, Kind, Numbering,
        Prefix, Role, legal_day,
    },
};

/// The number that a signer wishes for a document.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct NumberWish {
    /// This number, given outside the hub.
    pub number: Option<DocNumber>,
    /// The next of this 代字; without it the unit's first.
    pub prefix: Option<Prefix>,
}

impl Work {
    /// Issues a document under review in the unit's name and gives it its number. Who drafted it does not issue
    /// it, unless the unit is set up as a single-person unit.
    pub async fn issue(&mut self, id: DocumentId, wish: NumberWish) -> Result<Document> {
        let document = self.own_document(id).await?;
        self.caller.unit_as(&[Role::Signer])?;
        let next = document.state.after(DocumentAct::Issue);
        next.map_err(Error::WrongState)?;
        if document.drafted.0 == self.caller.user() && !self.may_issue_own().await? {
            return Err(Error::Forbidden(
                "拟稿人不能签发自己拟的文书，请由其他签发人签发",
            ));
        }
        let agreed = |joint: &JointIssuer| joint.consent.as_ref().is_some_and(|said| said.granted);
        if !document.joint_issuers.iter().all(agreed) {
            return Err(Error::WrongState("尚有联合发文单位未会签同意"));
        }
        self.put_in_force(document, wish).await
    }

    /// Gives a document that has been decided on its date and number, and notes by whom.
    pub(super) async fn put_in_force(
        &mut self,
        mut document: Document,
        wish: NumberWish,
    ) -> Result<Document> {
        let kind = self.kind(&document.kind)?;
        self.check_complete(&document, &kind).await?;
        document.dated_on = document.dated_on.or_else(|| Some(legal_day(self.now)));
        document.number = self.number(&document, &kind, wish).await?;
        document.state = DocumentState::Issued;
        document.issued = Some((self.caller.user(), self.now));
        document.updated_at = self.now;
        document.revision += 1;
        let kept = self.tx.documents().update(&document).await;
        match (kept, &document.number) {
            (Ok(true), _) => {}
            (Ok(false), _) => return Err(Error::Stale),
            // Somebody typed in the same number at this very moment.
            (Err(error), Some(number)) if error.is_duplicate() => {
                return Err(Error::DuplicateNumber(number.to_string()));
            }
            (Err(error), _) => return Err(error.into()),
        }
        self.did_to_document("document.issue", document.id);
        Ok(document)
    }

    pub(super) async fn may_issue_own(&mut self) -> Result<bool> {
        let unit = self.caller.unit()?;
        let names = self.hub.clone().directory(&mut self.tx).await?;
        let single = &self.hub.config().documents.self_issue_units;
        Ok(names.unit(unit).is_some_and(|unit| {
            unit.credit_code
                .as_ref()
                .is_some_and(|code| single.contains(code))
        }))
    }

    async fn number(
        &mut self,
        document: &Document,
        kind: &Kind,
        wish: NumberWish,
    ) -> Result<Option<DocNumber>> {
        if document.replaces.is_some() {
            if wish != NumberWish::default() {
                let detail = "修改稿沿用原文书的发文字号，不另编号";
                return Err(Error::invalid("/doc_number", "fixed", detail));
            }
            return Ok(document.number.clone());
        }
        let unit = self
            .tx
            .units()
            .find(document.unit)
            .await?
            .ok_or(Error::NotFound)?;
        let owns = |prefix: &Prefix| unit.prefixes.contains(prefix);
        if let Some(number) = wish.number {
            if !owns(number.prefix()) {
                return Err(foreign_prefix("/doc_number", number.prefix()));
            }
            let holder = self
                .tx
                .documents()
                .holder_of(document.unit, &number)
                .await?;
            return match holder {
                Some(_) => Err(Error::DuplicateNumber(number.to_string())),
                None => Ok(Some(number)),
            };
        }
        let year = document
            .dated_on
            .map_or(legal_day(self.now).year(), jiff::civil::Date::year);
        let year = u16::try_from(year).map_err(Error::internal)?;
        let prefix = match (wish.prefix, kind.numbering) {
            (Some(prefix), _) if !owns(&prefix) => {
                return Err(foreign_prefix("/prefix", &prefix));
            }
            (Some(prefix), _) => prefix,
            (None, Numbering::Optional) => return Ok(None),
            (None, Numbering::Typed) => {
                let detail = "此类文书须填写编号";
                return Err(Error::invalid("/doc_number", "required", detail));
            }
            (None, Numbering::Series) => unit.prefixes.first().cloned().ok_or_else(|| {
                let detail = "本单位没有登记机关代字，请系统管理员登记后再签发";
                Error::invalid("/prefix", "required", detail)
            })?,
        };
        Ok(Some(
            self.tx
                .documents()
                .next_number(document.unit, &prefix, year)
                .await?,
        ))
    }
}

fn foreign_prefix(pointer: &str, prefix: &Prefix) -> Error {
    Error::invalid(
        pointer,
        "not_own",
        format!("“{prefix}”不是本单位的机关代字"),
    )
}
