use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::config::{check::Check, values::duration};

/// `[auth]`: passwords, failed logins and tokens.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Auth {
    /// How long an access token is good for.
    #[serde(with = "duration")]
    pub access_token_ttl: Duration,
    /// How long one login lasts at most.
    #[serde(with = "duration")]
    pub refresh_token_ttl: Duration,
    /// How long one login lasts without a request.
    #[serde(with = "duration")]
    pub refresh_idle: Duration,
    /// How long the code shown on the first start is good for.
    #[serde(with = "duration")]
    pub setup_code_ttl: Duration,
    /// Characters a password must have.
    pub password_min_chars: usize,
    /// Characters a password may have.
    pub password_max_chars: usize,
    /// Memory of one password hash, in KiB.
    pub argon2_memory_kib: u32,
    /// Passes of one password hash.
    pub argon2_iterations: u32,
    /// Password hashes computed at once.
    pub argon2_concurrency: usize,
    /// Failures in a row after which an account must wait before the next attempt.
    pub login_slow_after: u32,
    /// The first such wait; each further failure doubles it.
    #[serde(with = "duration")]
    pub login_delay: Duration,
    /// The longest such wait.
    #[serde(with = "duration")]
    pub login_delay_max: Duration,
    /// Failures in a row after which an account is locked.
    pub login_lock_after: u32,
    /// How long it stays locked.
    #[serde(with = "duration")]
    pub login_lock: Duration,
    /// How far the clocks of two nodes may differ when a token is checked.
    #[serde(with = "duration")]
    pub jwt_leeway: Duration,
}

impl Default for Auth {
    fn default() -> Self {
        Self {
            access_token_ttl: Duration::from_mins(10),
            refresh_token_ttl: Duration::from_hours(12),
            refresh_idle: Duration::from_mins(30),
            setup_code_ttl: Duration::from_mins(15),
            password_min_chars: 12,
            password_max_chars: 128,
            // OWASP's smallest recommendation for Argon2id: 19 MiB, two passes.
            argon2_memory_kib: 19 * 1024,
            argon2_iterations: 2,
            argon2_concurrency: 4,
            login_slow_after: 3,
            login_delay: Duration::from_secs(1),
            login_delay_max: Duration::from_mins(1),
            login_lock_after: 50,
            login_lock: Duration::from_hours(1),
            jwt_leeway: Duration::from_secs(2),
        }
    }
}

impl Auth {
    pub(in crate::config) fn check(&self, mut check: Check<'_>) {
        self.check_passwords(&mut check);
        self.check_failures(&mut check);
        self.check_tokens(&mut check);
    }

    fn check_passwords(&self, check: &mut Check<'_>) {
        check
            .within("password_min_chars", self.password_min_chars, 8..=64)
            .within("password_max_chars", self.password_max_chars, 64..=1024)
            .within(
                "argon2_memory_kib",
                self.argon2_memory_kib,
                8 * 1024..=1024 * 1024,
            )
            .within("argon2_iterations", self.argon2_iterations, 1..=20)
            .within("argon2_concurrency", self.argon2_concurrency, 1..=64);
    }

    fn check_failures(&self, check: &mut Check<'_>) {
        let second = Duration::from_secs(1);
        check
            .within("login_slow_after", self.login_slow_after, 1..=20)
            .within(
                "login_delay",
                self.login_delay,
                second..=Duration::from_mins(1),
            )
            .within(
                "login_delay_max",
                self.login_delay_max,
                second..=Duration::from_hours(1),
            )
            // NIST SP 800-63B: no more than a hundred failures in a row on one account.
            .within("login_lock_after", self.login_lock_after, 5..=100)
            .within(
                "login_lock",
                self.login_lock,
                Duration::from_mins(1)..=Duration::from_hours(24),
            )
            .agrees(
                "login_delay_max",
                self.login_delay_max >= self.login_delay,
                "不得短于 auth.login_delay",
            )
            .agrees(
                "login_lock_after",
                self.login_lock_after > self.login_slow_after,
                "须大于 auth.login_slow_after，先放慢、后锁定",
            );
    }

    fn check_tokens(&self, check: &mut Check<'_>) {
        let minute = Duration::from_mins(1);
        let month = Duration::from_hours(720);
        check
            .within(
                "access_token_ttl",
                self.access_token_ttl,
                minute..=Duration::from_hours(1),
            )
            .within(
                "refresh_token_ttl",
                self.refresh_token_ttl,
                Duration::from_mins(10)..=month,
            )
            .within("refresh_idle", self.refresh_idle, minute..=month)
            .within(
                "setup_code_ttl",
                self.setup_code_ttl,
                minute..=Duration::from_hours(24),
            )
            .within(
                "jwt_leeway",
                self.jwt_leeway,
                Duration::ZERO..=Duration::from_secs(5),
            )
            .agrees(
                "refresh_idle",
                (self.access_token_ttl..=self.refresh_token_ttl).contains(&self.refresh_idle),
                "须在 auth.access_token_ttl 与 auth.refresh_token_ttl 之间",
            );
    }
}
