//! Every function of Souk, from the lists of the services: for `openapi.json`, the template's tests and the README's table.

use souk_runtime::Function;
use souk_web::openapi::Operation;

macro_rules! services {
    ($($service:ident),+ $(,)?) => {
        /// Every function, service by service in reading order.
        pub fn functions() -> Vec<Function> {
            [$($service::functions()),+].concat()
        }
    };
}

services![
    identity,
    profile,
    shops,
    domains,
    site,
    media,
    catalogue,
    bulk,
    discounts,
    carts,
    account,
    orders,
    admins,
    live,
    notifications,
    reference,
    mail,
    outbox,
    search,
];

/// Every HTTP endpoint, service by service in reading order.
pub fn operations() -> Vec<Operation> {
    [
        identity::operations(),
        profile::operations(),
        shops::operations(),
        domains::operations(),
        site::operations(),
        media::operations(),
        catalogue::operations(),
        bulk::operations(),
        discounts::operations(),
        carts::operations(),
        account::operations(),
        orders::operations(),
        admins::operations(),
        live::operations(),
        notifications::operations(),
        reference::operations(),
    ]
    .concat()
}

/// The README's table of functions.
pub fn readme() -> String {
    let mut lines = vec!["| function | called by |".to_owned(), "|---|---|".to_owned()];
    for function in functions() {
        let kind = format!("{:?}", function.kind).to_lowercase();
        let caller = function.route.map_or(kind, |route| format!("`{route}`"));
        lines.push(format!("| `{}` | {caller} |", function.name.replace('_', "-")));
    }
    lines.join("\n")
}
