//! What the hub signs with: one Ed25519 key for evidence and one for access tokens.

use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use ed25519_dalek::{Signer as _, SigningKey};
use sha2::{Digest as _, Sha256};

/// The hub's keys. They never leave it.
pub struct Keys {
    /// Signs evidence statements.
    pub evidence: SigningKey,
    /// Signs access tokens.
    pub tokens: SigningKey,
}

impl Keys {
    /// The name of the evidence key: the beginning of the SHA-256 of its public half.
    #[must_use]
    pub fn evidence_id(&self) -> String {
        key_id(&self.evidence)
    }

    /// The name of the token key.
    #[must_use]
    pub fn tokens_id(&self) -> String {
        key_id(&self.tokens)
    }

    /// The whole SHA-256 of the public half of the evidence key, for people to compare.
    #[must_use]
    pub fn evidence_fingerprint(&self) -> String {
        hex::encode(Sha256::digest(self.evidence.verifying_key().as_bytes()))
    }

    /// The public half of the evidence key, as a JSON Web Key.
    #[must_use]
    pub fn evidence_jwk(&self) -> serde_json::Value {
        jwk(&self.evidence, "evidence")
    }

    /// The public half of the token key, as a JSON Web Key.
    #[must_use]
    pub fn tokens_jwk(&self) -> serde_json::Value {
        jwk(&self.tokens, "access-token")
    }

    /// Signs an evidence statement; base64url without padding.
    #[must_use]
    pub fn sign_evidence(&self, statement: &[u8]) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.evidence.sign(statement).to_bytes())
    }
}

fn key_id(key: &SigningKey) -> String {
    hex::encode(&Sha256::digest(key.verifying_key().as_bytes())[..8])
}

fn jwk(key: &SigningKey, usage: &str) -> serde_json::Value {
    serde_json::json!({
        "kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": "EdDSA", "kid": key_id(key),
        "x": BASE64_URL_SAFE_NO_PAD.encode(key.verifying_key().as_bytes()),
        "wenshu_usage": usage,
    })
}
