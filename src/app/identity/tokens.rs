//! Access tokens: Ed25519 signatures and nothing else, short-lived, and good only while their session is.

use jiff::Timestamp;
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey, Header, TokenData, Validation, decode, decode_header,
    encode,
};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    app::{Error, Hub, Keys, Result},
    domain::SessionId,
    store::Session,
};

/// The only type of token that opens the API (RFC 9068).
const TYPE: &str = "at+jwt";

/// Whom the tokens are for.
const AUDIENCE: &str = "wenshu-api";

/// Tokens longer than this are not looked at.
const MAX_LENGTH: usize = 4096;

#[derive(Debug, Serialize, Deserialize)]
struct Claims {
    iss: String,
    aud: String,
    sub: Uuid,
    exp: i64,
    nbf: i64,
    iat: i64,
    jti: Uuid,
    sid: Uuid,
}

impl Hub {
    /// Makes an access token for a session.
    pub(super) fn access_token(&self, session: &Session, now: Timestamp) -> Result<String> {
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some(TYPE.to_owned());
        header.kid = Some(self.keys().tokens_id());
        let ttl = i64::try_from(self.config().auth.access_token_ttl.as_secs()).unwrap_or(600);
        let claims = Claims {
            iss: self.config().hub.public_url.clone(),
            aud: AUDIENCE.to_owned(),
            sub: session.user.0,
            exp: now.as_second().saturating_add(ttl),
            nbf: now.as_second(),
            iat: now.as_second(),
            jti: Uuid::now_v7(),
            sid: session.id.0,
        };
        encode(&header, &claims, &encoding_key(self.keys())).map_err(Error::internal)
    }

    /// The session that a token names, if the token is one of ours and in time.
    pub(super) fn session_of(&self, token: &str) -> Result<SessionId> {
        let refused = |_| Error::Unauthenticated;
        if token.len() > MAX_LENGTH {
            return Err(Error::Unauthenticated);
        }
        let header = decode_header(token).map_err(refused)?;
        if header.typ.as_deref() != Some(TYPE)
            || header.kid.as_deref() != Some(&self.keys().tokens_id())
        {
            return Err(Error::Unauthenticated);
        }
        let mut validation = Validation::new(Algorithm::EdDSA);
        validation.set_issuer(&[&self.config().hub.public_url]);
        validation.set_audience(&[AUDIENCE]);
        validation.set_required_spec_claims(&["exp", "nbf", "iss", "aud", "sub"]);
        // The library knows only the clock on the wall; the times are checked below.
        validation.validate_exp = false;
        let key = decoding_key(self.keys());
        let token: TokenData<Claims> = decode(token, &key, &validation).map_err(refused)?;
        let leeway = i64::try_from(self.config().auth.jwt_leeway.as_secs()).unwrap_or(0);
        let now = self.now().as_second();
        let claims = token.claims;
        if now >= claims.exp.saturating_add(leeway) || now < claims.nbf.saturating_sub(leeway) {
            return Err(Error::Unauthenticated);
        }
        Ok(SessionId(claims.sid))
    }

    /// The public half of the token key, for those who check tokens elsewhere.
    #[must_use]
    pub fn key_set(&self) -> serde_json::Value {
        let keys = self.keys();
        serde_json::json!({ "keys": [keys.tokens_jwk(), keys.evidence_jwk()] })
    }
}

fn encoding_key(keys: &Keys) -> EncodingKey {
    use ed25519_dalek::pkcs8::EncodePrivateKey as _;
    let der = keys.tokens.to_pkcs8_der();
    EncodingKey::from_ed_der(
        der.as_ref()
            .map(ed25519_dalek::pkcs8::SecretDocument::as_bytes)
            .unwrap_or_default(),
    )
}

fn decoding_key(keys: &Keys) -> DecodingKey {
    DecodingKey::from_ed_der(keys.tokens.verifying_key().as_bytes())
}
