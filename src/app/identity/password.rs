//! Passwords: what they must be, and how they are kept.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use argon2::{
    Algorithm, Argon2, Block, CustomizedPasswordHasher, Params, PasswordHasher,
    PasswordVerifier as _, Version,
    password_hash::{
        self,
        phc::{Output, ParamsString, PasswordHash, Salt},
    },
};
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
    argon2: Arc<Argon2id>,
    /// Checked when there is no account, so that its absence takes as long as a wrong password.
    dummy: String,
}

impl Hasher {
    pub(super) fn new(auth: &Auth) -> Result<Self> {
        let params = Params::new(auth.argon2_memory_kib, auth.argon2_iterations, 1, None)
            .map_err(|error| Error::internal(error.to_string()))?;
        let argon2 = Argon2id {
            params,
            memory: Mutex::default(),
        };
        let dummy = argon2.hash("nobody's password")?;
        Ok(Self {
            argon2: Arc::new(argon2),
            dummy,
        })
    }

    fn verify(&self, password: &str, hash: Option<&str>) -> bool {
        let password: String = password.nfc().collect();
        let known = PasswordHash::new(hash.unwrap_or(&self.dummy));
        let fits = known.is_ok_and(|known| {
            self.argon2
                .verify_password(password.as_bytes(), &known)
                .is_ok()
        });
        fits && hash.is_some()
    }
}

/// Argon2id in memory that is used again. Given back after each password, a piece of it would
/// stay with every thread's share of the heap, many times what is ever needed at once.
struct Argon2id {
    params: Params,
    memory: Mutex<Vec<Vec<Block>>>,
}

impl Argon2id {
    fn hash(&self, password: &str) -> Result<String> {
        let password: String = password.nfc().collect();
        let hash = self
            .hash_password(password.as_bytes())
            .map_err(|error| Error::internal(error.to_string()))?;
        Ok(hash.to_string())
    }

    /// The memory of an earlier password, or some for the first.
    fn memory(&self) -> MutexGuard<'_, Vec<Vec<Block>>> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl PasswordHasher<PasswordHash> for Argon2id {
    fn hash_password_with_salt(
        &self,
        password: &[u8],
        salt: &[u8],
    ) -> password_hash::Result<PasswordHash> {
        self.hash_password_customized(password, salt, None, None, self.params.clone())
    }
}

/// With this, hashes are also verified in that memory, under the parameters they were made with.
impl CustomizedPasswordHasher<PasswordHash> for Argon2id {
    type Params = Params;

    fn hash_password_customized(
        &self,
        password: &[u8],
        salt: &[u8],
        algorithm: Option<&str>,
        version: Option<u32>,
        params: Params,
    ) -> password_hash::Result<PasswordHash> {
        let algorithm = algorithm.map_or(Ok(Algorithm::Argon2id), Algorithm::try_from)?;
        let version = version.map_or(Ok(Version::V0x13), Version::try_from)?;
        let salt = Salt::new(salt)?;
        let mut output = vec![0; params.output_len().unwrap_or(Params::DEFAULT_OUTPUT_LEN)];
        let mut blocks = self.memory().pop().unwrap_or_default();
        let needed = params.block_count();
        blocks.resize(needed.max(blocks.len()), Block::new());
        let argon2 = Argon2::new(algorithm, version, params.clone());
        let done = argon2.hash_password_into_with_memory(
            password,
            &salt,
            &mut output,
            &mut blocks[..needed],
        );
        self.memory().push(blocks);
        done?;
        Ok(PasswordHash {
            algorithm: algorithm.ident(),
            version: Some(version.into()),
            params: ParamsString::try_from(&params)?,
            salt: Some(salt),
            hash: Some(Output::new(&output)?),
        })
    }
}

impl Hub {
    /// Hashes a password, away from the threads that answer requests.
    pub(super) async fn hash_password(&self, password: &str) -> Result<String> {
        let hasher = self.0.guests.hasher.clone();
        let password = password.to_owned();
        self.hashing(move || hasher.argon2.hash(&password)).await?
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

#[cfg(test)]
mod tests {
    use super::*;

    fn hasher(memory_kib: u32) -> Hasher {
        Hasher::new(&Auth {
            argon2_memory_kib: memory_kib,
            argon2_iterations: 1,
            ..Auth::default()
        })
        .unwrap()
    }

    #[test]
    fn hashes_are_those_that_argon2_itself_makes() {
        let hasher = hasher(64);
        let hash = hasher.argon2.hash("口令").unwrap();
        let known = PasswordHash::new(&hash).unwrap();
        assert!(hash.starts_with("$argon2id$v=19$m=64,t=1,p=1$"), "{hash}");
        // With other parameters than those of the hash, which is what it goes by.
        let verdict = Argon2::default().verify_password("口令".as_bytes(), &known);
        assert_eq!(verdict, Ok(()));
    }

    #[test]
    fn a_password_is_checked_under_the_parameters_it_was_kept_with() {
        let (small, large) = (hasher(64), hasher(128));
        for (one, other) in [(&small, &large), (&large, &small)] {
            let hash = one.argon2.hash("口令").unwrap();
            assert!(other.verify("口令", Some(&hash)));
            assert!(!other.verify("口令 ", Some(&hash)));
            assert!(!other.verify("nobody's password", None));
        }
    }
}
