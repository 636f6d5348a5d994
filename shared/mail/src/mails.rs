//! The mails and their texts.

use askama::Template;
use souk_domain::{Money, code::Purpose};

use crate::{
    plain::{filters, one_line},
    render::RenderError,
};

/// A mail with its texts.
///
/// Every text field is shown on one line. A name that a mail program would turn into a link is left out of the
/// greeting, because a person who registers a stranger's address chooses the name and must not be able to advertise by
/// our mail.
pub trait Mail {
    /// Returns the subject. It holds no secret.
    fn subject(&self) -> String;

    /// Renders the HTML version.
    /// # Errors
    /// [`RenderError`], which only a broken template causes.
    fn html(&self) -> Result<String, RenderError>;

    /// Renders the text version, before its lines are wrapped.
    /// # Errors
    /// [`RenderError`], which only a broken template causes.
    fn text(&self) -> Result<String, RenderError>;
}

/// To the owner of an address: a one-time code that proves the ownership.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailedCode {
    /// The name of the account's owner, or empty while there is no account.
    pub name: String,
    /// The code.
    pub code: String,
    /// The purpose of the code.
    pub purpose: Purpose,
}

impl MailedCode {
    /// Returns how long the code is valid, in minutes.
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
            Purpose::ResetPassword => "Enter this code to set a new password for your account at Souk:",
        }
    }

    fn if_not_you(&self) -> &'static str {
        match self.purpose {
            Purpose::ConfirmRegistration => {
                "If you did not register at Souk, ignore this mail: without the code no account is created."
            }
            Purpose::SignIn => "If you did not try to sign in, ignore this mail: without the code nobody can sign in.",
            Purpose::ResetPassword => {
                "If you did not request a new password, ignore this mail: without the code your password does not \
                 change."
            }
        }
    }
}

/// To the owner of an account, after somebody tried to register its address again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressTaken {
    /// The name of the account's owner, not the name of the attempted registration.
    pub name: String,
}

/// One line of an order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderLine {
    /// The title of the product at the time of the order.
    pub title: String,
    /// The options of the variant, such as `Blue, 42`.
    pub option: Option<String>,
    /// The number of pieces.
    pub quantity: u32,
    /// The price of one piece.
    pub unit_price: Money,
    /// The amount by which a discount reduced the line.
    pub discount: Option<Money>,
    /// The price of the line after the discount.
    pub total: Money,
    /// The name of the shop.
    pub shop: String,
}

/// A row of an order in a mail, for a shop's shipping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shipping {
    /// The price.
    pub price: Money,
    /// The name of the shop.
    pub shop: String,
}

/// To a shopper, after an order was paid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderConfirmation {
    /// The name of the shopper.
    pub name: String,
    /// The number by which the shopper refers to the order.
    pub order_number: String,
    /// All lines, of every shop.
    pub lines: Vec<OrderLine>,
    /// The shipping of every shop that charges for it.
    pub shipping: Vec<Shipping>,
    /// The amount that the shopper paid.
    pub total: Money,
    /// The address of the order in the storefront.
    pub link: String,
}

/// To a seller, after the shop has sold something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewOrder {
    /// The name of the seller.
    pub name: String,
    /// The name of the shop.
    pub shop: String,
    /// The number by which shopper and seller refer to the order.
    pub order_number: String,
    /// The lines of this shop.
    pub lines: Vec<OrderLine>,
    /// The shipping, if the shop charges for it.
    pub shipping: Vec<Shipping>,
    /// The amount that the shopper paid for these lines and their shipping.
    pub total: Money,
    /// The address of the order in the seller's front end.
    pub link: String,
}

/// To a seller, when the stock of a product is low.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LowStock {
    /// The name of the seller.
    pub name: String,
    /// The title of the product.
    pub title: String,
    /// The options of the variant, such as `Blue / XL`.
    pub option: Option<String>,
    /// The number of pieces that are left.
    pub left: u32,
    /// The address of the product in the seller's front end.
    pub link: String,
}

impl LowStock {
    /// Returns the title of the product with the options of the variant.
    fn product(&self) -> String {
        let option = self.option.iter().map(|option| format!(" ({option})")).collect::<String>();
        one_line(&format!("{}{option}", self.title))
    }

    fn message(&self) -> String {
        match self.left {
            0 => format!("{} is sold out.", self.product()),
            1 => format!("There is 1 piece left of {}.", self.product()),
            left => format!("There are {left} pieces left of {}.", self.product()),
        }
    }
}

/// Implements [`Mail`] with a subject and two templates. The templates get the mail as `mail`, and the HTML template
/// also gets the subject.
macro_rules! mail {
    ($mail:ident, $html:literal, $text:literal, $subject:expr) => {
        const _: () = {
            #[derive(Template)]
            #[template(path = $html)]
            struct Html<'a> {
                mail: &'a $mail,
                subject: String,
            }

            #[derive(Template)]
            #[template(path = $text)]
            struct Text<'a> {
                mail: &'a $mail,
            }

            impl Mail for $mail {
                fn subject(&self) -> String {
                    let subject: fn(&$mail) -> String = $subject;
                    one_line(&subject(self))
                }

                fn html(&self) -> Result<String, RenderError> {
                    Ok(Html { mail: self, subject: self.subject() }.render()?)
                }

                fn text(&self) -> Result<String, RenderError> {
                    Ok(Text { mail: self }.render()?)
                }
            }
        };
    };
}

pub(crate) use mail;

mail!(MailedCode, "code.html", "code.txt", |mail| format!("{} - Souk", mail.heading()));
mail!(AddressTaken, "address_taken.html", "address_taken.txt", |_| "You already have an account - Souk".to_owned());
mail!(OrderConfirmation, "order_confirmation.html", "order_confirmation.txt", |mail| {
    format!("Your order {} - Souk", mail.order_number)
});
mail!(NewOrder, "new_order.html", "new_order.txt", |mail| format!("New order {} - Souk", mail.order_number));
mail!(LowStock, "low_stock.html", "low_stock.txt", |mail| format!("Low stock: {} - Souk", mail.product()));
