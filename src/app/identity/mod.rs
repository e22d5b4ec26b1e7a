//! Who is asking: passwords, sessions, tokens, accounts and units.

mod accounts;
mod guests;
mod login;
mod password;
mod sessions;
mod setup;
mod tokens;
mod units;

pub use accounts::{AccountChange, NewAccount, OneTimePassword};
pub(super) use guests::Guests;
pub use login::{Credentials, IssuedTokens, Standing};
pub use units::{NewUnit, UnitChange};
