//! The settings of the provider.

use crate::Person;

/// Everything that can be configured.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The port on 127.0.0.1; 0 picks a free one.
    pub port: u16,
    /// The id of the only registered client.
    pub client_id: String,
    /// The secret of the client.
    pub client_secret: String,
    /// The allowed redirect URIs, compared exactly.
    pub redirect_uris: Vec<String>,
    /// The people that the page offers. Anybody else can be entered.
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
