//! Identity: who somebody is, and how they prove it.
//!
//! An account exists only once the code that went to its mail address came back. Until then there is a registration,
//! which is also where the limits on codes live. What a room here answers never tells whether an address has an account:
//! the same status, the same body, the same work.

pub mod get_jwks;
pub mod login_admin;
pub mod login_seller;
pub mod login_user;
pub mod register_seller;
pub mod register_user;
pub mod verify_seller;
pub mod verify_user;

mod confirmation;
mod passwords;
mod registration;
mod sign_in;

souk_web::endpoints![
    register_user,
    verify_user,
    login_user,
    register_seller,
    verify_seller,
    login_seller,
    login_admin,
    get_jwks
];
