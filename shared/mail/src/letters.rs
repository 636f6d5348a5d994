//! The letters, each with what it says.

use askama::Template;
use souk_domain::{Money, code::Purpose};

use crate::{
    plain::{filters, one_line},
    render::RenderError,
};

/// Something Souk writes to somebody.
///
/// All text in a letter's fields is shown on one line. A name that a mail program would turn into a link is left out of
/// the greeting: whoever registers a stranger's address chooses the name, and must not be able to advertise by our mail.
pub trait Letter {
    /// What the mail is about, without secrets.
    fn subject(&self) -> String;

    /// The HTML version.
    ///
    /// # Errors
    /// When a template fails, which only a broken template does.
    fn html(&self) -> Result<String, RenderError>;

    /// The text version, not yet wrapped.
    ///
    /// # Errors
    /// When a template fails, which only a broken template does.
    fn text(&self) -> Result<String, RenderError>;
}

/// A code to prove that somebody reads the mail of an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Code {
    /// The account's owner, as the account has it; empty while there is no account.
    pub name: String,
    /// The code.
    pub code: String,
    /// What the code is for.
    pub purpose: Purpose,
}

impl Code {
    /// How long the code is valid.
    fn minutes(&self) -> i64 {
        self.purpose.lifetime().as_mins()
    }

    fn heading(&self) -> &'static str {
        match self.purpose {
            Purpose::ConfirmRegistration => "Confirm your mail address",
            Purpose::SignIn => "Your sign-in code",
            Purpose::ResetPassword => "Reset your password",
        }
    }

    fn instruction(&self) -> &'static str {
        match self.purpose {
            Purpose::ConfirmRegistration => "Enter this code to finish your registration at Souk:",
            Purpose::SignIn => "Enter this code to sign in to Souk:",
            Purpose::ResetPassword => "Enter this code to choose a new password for your account at Souk:",
        }
    }

    fn if_not_you(&self) -> &'static str {
        match self.purpose {
            Purpose::ConfirmRegistration => {
                "If you did not register at Souk, ignore this mail: without the code no account is opened."
            }
            Purpose::SignIn => "If you did not ask to sign in, ignore this mail: without the code nobody can.",
            Purpose::ResetPassword => {
                "If you did not ask for a new password, ignore this mail: without the code your password stays as it is."
            }
        }
    }
}

/// To the owner of an account whose address somebody tried to register again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressTaken {
    /// The owner's name as the account has it, not as the attempt spelled it.
    pub name: String,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The product's title when it was ordered.
    pub title: String,
    /// Which variant: `Blue, 42`.
    pub option: Option<String>,
    /// Pieces.
    pub quantity: u32,
    /// Price of one piece.
    pub unit_price: Money,
    /// What a discount took off the line.
    pub discount: Option<Money>,
    /// Price of the line, less the discount.
    pub total: Money,
    /// The shop's name.
    pub shop: String,
}

/// To a shopper who has paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderConfirmation {
    /// The shopper's name.
    pub name: String,
    /// As the shopper is to quote it.
    pub order_number: String,
    /// Every line, of every shop.
    pub lines: Vec<OrderLine>,
    /// What the shopper has paid.
    pub total: Money,
    /// Where to see the order.
    pub link: String,
}

/// To a seller whose shop has sold something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The seller's name.
    pub name: String,
    /// The shop's name.
    pub shop: String,
    /// As shopper and seller quote it.
    pub order_number: String,
    /// The lines of this shop.
    pub lines: Vec<OrderLine>,
    /// What the shopper has paid for these lines.
    pub total: Money,
    /// Where to see the order.
    pub link: String,
}

/// To a seller who has little left of something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowStock {
    /// The seller's name.
    pub name: String,
    /// The product's title.
    pub title: String,
    /// Which variant: `Blue / XL`.
    pub option: Option<String>,
    /// Pieces that are left.
    pub left: u32,
    /// Where to see the product.
    pub link: String,
}

impl LowStock {
    fn what(&self) -> String {
        let option = self.option.iter().map(|option| format!(" ({option})")).collect::<String>();
        one_line(&format!("{}{option}", self.title))
    }

    fn news(&self) -> String {
        match self.left {
            0 => format!("Nothing is left of {}.", self.what()),
            1 => format!("There is 1 piece left of {}.", self.what()),
            left => format!("There are {left} pieces left of {}.", self.what()),
        }
    }
}

/// Gives a letter its subject and its two templates, which see the letter and, in HTML, the subject.
macro_rules! letter {
    ($letter:ident, $html:literal, $text:literal, $subject:expr) => {
        const _: () = {
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                letter: &'a $letter,
                subject: String,
            }

            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                letter: &'a $letter,
            }

            impl Letter for $letter {
                fn subject(&self) -> String {
                    let subject: fn(&$letter) -> String = $subject;
                    one_line(&subject(self))
                }

                fn html(&self) -> Result<String, RenderError> {
                    Ok(Html { letter: self, subject: self.subject() }.render()?)
                }

                fn text(&self) -> Result<String, RenderError> {
                    Ok(Text { letter: self }.render()?)
                }
            }
        };
    };
}

pub(crate) use letter;

letter!(Code, "code.html", "code.txt", |letter| format!("{} - Souk", letter.heading()));
letter!(AddressTaken, "address_taken.html", "address_taken.txt", |_| "You already have an account - Souk".to_owned());
letter!(OrderConfirmation, "order_confirmation.html", "order_confirmation.txt", |letter| {
    format!("Your order {} - Souk", letter.order_number)
});
letter!(NewOrder, "new_order.html", "new_order.txt", |letter| format!("New order {} - Souk", letter.order_number));
letter!(LowStock, "low_stock.html", "low_stock.txt", |letter| format!("Low stock: {} - Souk", letter.what()));
