//! Identity: who somebody is, and how they prove it.
//!
//! An account exists only once the code that went to its mail address came back. What a function here answers never tells
//! whether an address has an account: the same status, the same body, the same work.

mod codes;
mod confirmation;
mod endpoints;
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
mod oracle;
