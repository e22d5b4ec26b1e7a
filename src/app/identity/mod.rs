//! Who is asking: passwords, sessions, tokens, accounts and units.

mod accounts;
mod clients;
mod guests;
mod login;
mod machines;
mod password;
mod sessions;
mod setup;
mod tokens;
mod units;

pub use accounts::{AccountChange, NewAccount, OneTimePassword};
pub use clients::{ClientChange, ClientEntry, ClientSecretText, NewClient};
pub(super) use guests::Guests;
pub use login::{Credentials, IssuedTokens, Standing};
pub use machines::{ClientCredentials, MachineToken, TokenFault};
pub use units::{NewUnit, UnitChange};
