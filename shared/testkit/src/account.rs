//! Accounts, and how principals register and sign in.

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::{Answer, Client, Mailbox, Result};

/// The kind of principal that an account belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Buys.
    Shopper,
    /// Sells.
    Seller,
    /// Runs the marketplace. Registers as a shopper.
    Admin,
}

impl Role {
    fn operations(self) -> [&'static str; 3] {
        match self {
            Self::Shopper => ["register_user", "verify_user", "login_user"],
            Self::Seller => ["register_seller", "verify_seller", "login_seller"],
            Self::Admin => ["register_user", "verify_user", "login_admin"],
        }
    }
}

/// An account, registered or not.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Account {
    /// The kind of principal.
    pub role: Role,
    /// The display name.
    pub name: String,
    /// The mail address.
    pub email: String,
    /// The password.
    pub password: String,
}

impl Account {
    /// Makes up an account with a unique address and password. It is not registered yet.
    pub fn new(role: Role, name: &str) -> Self {
        let first = name.split(' ').next().unwrap_or(name).to_lowercase();
        let unique = format!("{:012x}", fastrand::u64(..) >> 16);
        Self {
            role,
            name: name.to_owned(),
            email: format!("{first}.{unique}@souk.example"),
            password: format!("correct horse {unique}"),
        }
    }

    fn registration(&self) -> Value {
        let Self { role, name, email, password } = self;
        match role {
            Role::Shopper | Role::Admin => json!({ "name": name, "email": email, "password": password }),
            Role::Seller => json!({
                "name": name,
                "email": email,
                "password": password,
                "phone": "+4930901820",
                "country": "DE",
            }),
        }
    }
}

/// The tokens that a sign-in or a refresh returns.
#[derive(Debug, Clone, Deserialize)]
pub struct Tokens {
    /// The access token, for `Authorization: Bearer`.
    pub access_token: String,
    /// The refresh token, for the next pair of tokens.
    pub refresh_token: String,
}

impl Client {
    /// Requests an account. The stack mails a code.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn register(&self, account: &Account) -> Result<Answer> {
        let [register, ..] = account.role.operations();
        self.ask(register)?.json(&account.registration()).send().await
    }

    /// Confirms the registration with the mailed code and the registered password.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn confirm(&self, account: &Account, code: &str) -> Result<Answer> {
        let [_, verify, _] = account.role.operations();
        let Account { email, password, .. } = account;
        self.ask(verify)?.json(&json!({ "email": email, "code": code, "password": password })).send().await
    }

    /// Tries to sign in and returns the answer.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn login(&self, account: &Account) -> Result<Answer> {
        let [.., login] = account.role.operations();
        self.ask(login)?.json(&json!({ "email": account.email, "password": account.password })).send().await
    }

    /// Signs in and returns a client with the access token.
    ///
    /// # Errors
    /// Fails if the sign-in is refused, and with those of [`crate::Request::send`].
    pub async fn sign_in(&self, account: &Account) -> Result<Self> {
        Ok(self.with_token(self.tokens(account).await?.access_token))
    }

    /// Signs in and returns both tokens.
    ///
    /// # Errors
    /// Fails if the sign-in is refused, and with those of [`crate::Request::send`].
    pub async fn tokens(&self, account: &Account) -> Result<Tokens> {
        self.login(account).await?.read()
    }

    /// Exchanges a refresh token.
    ///
    /// # Errors
    /// Those of [`crate::Request::send`].
    pub async fn refresh(&self, refresh_token: &str) -> Result<Answer> {
        self.ask("refresh")?.json(&json!({ "refresh_token": refresh_token })).send().await
    }

    /// Registers, reads the mailed code, confirms and signs in.
    ///
    /// # Errors
    /// Fails if a step is refused or no mail arrives.
    pub async fn join(&self, account: &Account) -> Result<Self> {
        self.register(account).await?.succeeded()?;
        let code = Mailbox::of(&self.stack)?.await_code(&account.email).await?;
        self.confirm(account, &code).await?.succeeded()?;
        self.sign_in(account).await
    }
}
