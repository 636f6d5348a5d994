//! How the provider is started.

use crate::Person;

/// Everything a caller may choose.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Port on 127.0.0.1; 0 takes a free one.
    pub port: u16,
    /// The one client that is registered.
    pub client_id: String,
    /// What the client proves itself with.
    pub client_secret: String,
    /// Where the client may have people sent back to, to the letter.
    pub redirect_uris: Vec<String>,
    /// Who is offered on the page; anybody else can be typed in.
    pub people: Vec<Person>,
}

impl Default for Settings {
    fn default() -> Self {
        let ann = Person::new("Ann Lee", "ann@souk.example"); // has an account with a password in the demo data
        let grace = Person::new("Grace Okafor", "grace@mail.example");
        let ulf = Person { email_verified: false, ..Person::new("Ulf Unproven", "ulf@mail.example") };
        Self {
            port: 4510,
            client_id: "souk-local".to_owned(),
            client_secret: "secret-local".to_owned(),
            redirect_uris: Vec::new(),
            people: vec![ann, grace, ulf],
        }
    }
}
