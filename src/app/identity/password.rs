//! Passwords: what they must be, and how they are kept.

use argon2::{Algorithm, Argon2, Params, PasswordHasher as _, PasswordVerifier as _, Version};
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use unicode_normalization::UnicodeNormalization as _;

use crate::{
    app::{Error, Hub, Result},
    config::Auth,
    domain::User,
};

/// Passwords that everybody tries first.
const COMMON: &[&str] = &[
    "password",
    "passw0rd",
    "qwerty",
    "abc123",
    "123456",
    "12345678",
    "111111",
    "admin",
    "administrator",
    "iloveyou",
    "letmein",
    "welcome",
    "wenshu",
];

/// Hashes passwords with Argon2id.
#[derive(Clone)]
pub(super) struct Hasher {
    argon2: Argon2<'static>,
    /// Checked when there is no account, so that its absence takes as long as a wrong password.
    dummy: String,
}

impl Hasher {
    pub(super) fn new(auth: &Auth) -> Result<Self> {
        let params = Params::new(auth.argon2_memory_kib, auth.argon2_iterations, 1, None)
            .map_err(|error| Error::internal(error.to_string()))?;
        let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
        let dummy = hash(&argon2, "nobody's password")?;
        Ok(Self { argon2, dummy })
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let password: String = password.nfc().collect();
        let known = hash.unwrap_or(&self.dummy);
        let fits = self
            .argon2
            .verify_password(password.as_bytes(), known)
            .is_ok();
        fits && hash.is_some()
    }
}

fn hash(argon2: &Argon2<'_>, password: &str) -> Result<String> {
    let password: String = password.nfc().collect();
    let hash: argon2::PasswordHash = argon2
        .hash_password(password.as_bytes())
        .map_err(|error| Error::internal(error.to_string()))?;
    Ok(hash.to_string())
}

impl Hub {
    /// Hashes a password, away from the threads that answer requests.
    pub(super) async fn hash_password(&self, password: &str) -> Result<String> {
        let hasher = self.0.guests.hasher.clone();
        let password = password.to_owned();
        self.hashing(move || hash(&hasher.argon2, &password))
            .await?
    }

    /// Whether the password fits; without a hash it takes as long and never fits.
    pub(super) async fn fits(&self, password: &str, hash: Option<String>) -> Result<bool> {
        let hasher = self.0.guests.hasher.clone();
        let password = password.to_owned();
        self.hashing(move || hasher.verify(&password, hash.as_deref()))
            .await
    }

    async fn hashing<T: Send + 'static>(
        &self,
        task: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T> {
        let _turn = self
            .0
            .guests
            .hashing
            .acquire()
            .await
            .map_err(Error::internal)?;
        tokio::task::spawn_blocking(task)
            .await
            .map_err(Error::internal)
    }

    /// Checks a password that somebody has chosen for an account (NIST SP 800-63B: long, not
    /// common, no rules of composition).
    pub(super) fn check_password(&self, password: &str, user: &User, pointer: &str) -> Result<()> {
        let auth = &self.config().auth;
        let chars = password.chars().count();
        if chars < auth.password_min_chars || chars > auth.password_max_chars {
            return Err(Error::invalid(
                pointer,
                "length",
                format!(
                    "密码须为 {} 至 {} 位",
                    auth.password_min_chars, auth.password_max_chars
                ),
            ));
        }
        let lower = password.to_lowercase();
        let repeats = lower.chars().all(|c| lower.starts_with(c));
        let common = COMMON
            .iter()
            .any(|word| lower.trim_matches(char::is_numeric) == *word);
        if repeats || common || lower.contains(&user.login) || password.contains(&user.name) {
            return Err(Error::invalid(
                pointer,
                "guessable",
                "密码太容易被猜到：不能含有登录名或姓名，不能是常见密码或同一字符重复",
            ));
        }
        Ok(())
    }
}

/// 128 random bits that a person can type.
pub(super) fn random_secret() -> Result<String> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|error| Error::internal(error.to_string()))?;
    Ok(BASE64_URL_SAFE_NO_PAD.encode(bytes))
}
