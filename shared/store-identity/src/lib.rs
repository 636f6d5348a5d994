//! Accounts: who may sign in, by which credentials, and who is an admin.

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
    /// Accounts and how they are signed in to.
    pub trait IdentityExt {
        /// Sign-in credentials, shoppers and sellers.
        accounts: accounts::Accounts,
        /// Mailed codes.
        codes: codes::CodeStates,
        /// New passwords.
        passwords: passwords::Passwords,
        /// Which shopper signs in with which Google account.
        google_links: google_links::GoogleLinks,
        /// Who is an admin.
        admins: admins::Admins,
        /// What people say of themselves.
        profiles: profiles::Profiles,
        /// Second factors.
        second_factors: second_factor::SecondFactors,
    }
}
