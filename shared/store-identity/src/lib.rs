//! Accounts: credentials, profiles, mailed codes, second factors and admins.

pub mod accounts;
pub mod admins;
pub mod codes;
pub mod google_links;
pub mod keys;
pub mod passwords;
pub mod profiles;
pub mod second_factor;
#[cfg(test)]
mod shapes;

souk_store::aggregates! {
    /// The aggregates of accounts.
    pub trait IdentityExt {
        /// Credentials, and the accounts of shoppers and sellers.
        accounts: accounts::Accounts,
        /// Mailed codes.
        codes: codes::CodeStates,
        /// Changes of passwords.
        passwords: passwords::Passwords,
        /// Google accounts and the shoppers who sign in with them.
        google_links: google_links::GoogleLinks,
        /// Admins.
        admins: admins::Admins,
        /// Profiles.
        profiles: profiles::Profiles,
        /// Second factors.
        second_factors: second_factor::SecondFactors,
    }
}
