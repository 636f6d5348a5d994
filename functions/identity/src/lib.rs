//! Identity: registration, sign-in, passwords, second factors and sessions.
//!
//! An account is created only when the code that was mailed to its address comes back. No answer reveals whether an
//! address has an account: the status, the body and the work are the same for every address. The tests in
//! `account_enumeration` check this.

mod codes;
mod confirmation;
mod endpoints;
mod google;
mod new_password;
mod new_shopper;
mod passwords;
mod registration;
mod reset;
mod second_factor;
mod session;
mod sign_in;
mod totp;

pub use endpoints::*;

souk_runtime::functions! {
    endpoints: [
        register_user::RegisterUser,
        verify_user::VerifyUser,
        resend_user_code::ResendUserCode,
        login_user::LoginUser,
        request_login_code::RequestLoginCode,
        confirm_login_code::ConfirmLoginCode,
        start_google_login::StartGoogleLogin,
        google_callback::GoogleCallback,
        register_seller::RegisterSeller,
        verify_seller::VerifySeller,
        resend_seller_code::ResendSellerCode,
        login_seller::LoginSeller,
        login_admin::LoginAdmin,
        forgot_password::ForgotPassword,
        verify_reset_code::VerifyResetCode,
        reset_password::ResetPassword,
        change_password::ChangePassword,
        refresh::Refresh,
        logout::Logout,
        logout_everywhere::LogoutEverywhere,
        list_sessions::ListSessions,
        end_session::EndSession,
        delete_me::DeleteMe,
        start_second_factor::StartSecondFactor,
        confirm_second_factor::ConfirmSecondFactor,
        get_second_factor::GetSecondFactor,
        renew_recovery_codes::RenewRecoveryCodes,
        remove_second_factor::RemoveSecondFactor,
        get_jwks::GetJwks,
    ],
}

#[cfg(test)]
mod account_enumeration;
