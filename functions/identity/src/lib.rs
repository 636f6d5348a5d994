//! Identity: who somebody is, and how they prove it.
//!
//! An account exists only once the code that went to its mail address came back. What a room here answers never tells
//! whether an address has an account: the same status, the same body, the same work.

pub mod change_password;
pub mod confirm_login_code;
pub mod confirm_second_factor;
pub mod delete_me;
pub mod end_session;
pub mod forgot_password;
pub mod get_jwks;
pub mod get_second_factor;
pub mod google_callback;
pub mod list_sessions;
pub mod login_admin;
pub mod login_seller;
pub mod login_user;
pub mod logout;
pub mod logout_everywhere;
pub mod refresh;
pub mod register_seller;
pub mod register_user;
pub mod remove_second_factor;
pub mod renew_recovery_codes;
pub mod request_login_code;
pub mod resend_seller_code;
pub mod resend_user_code;
pub mod reset_password;
pub mod start_google_login;
pub mod start_second_factor;
pub mod verify_reset_code;
pub mod verify_seller;
pub mod verify_user;

mod codes;
mod confirmation;
mod google;
mod new_password;
mod newcomer;
mod passwords;
mod registration;
mod reset;
mod second_factor;
mod session;
mod sign_in;
mod totp;

#[cfg(test)]
mod oracle;

souk_web::endpoints![
    register_user,
    verify_user,
    resend_user_code,
    login_user,
    request_login_code,
    confirm_login_code,
    start_google_login,
    google_callback,
    register_seller,
    verify_seller,
    resend_seller_code,
    login_seller,
    login_admin,
    forgot_password,
    verify_reset_code,
    reset_password,
    change_password,
    refresh,
    logout,
    logout_everywhere,
    list_sessions,
    end_session,
    delete_me,
    start_second_factor,
    confirm_second_factor,
    get_second_factor,
    renew_recovery_codes,
    remove_second_factor,
    get_jwks
];
