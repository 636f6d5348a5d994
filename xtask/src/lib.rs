//! Every room there is, from the wings' own lists: for `openapi.json`, the template's tests and the README's table.

use souk_runtime::{Kind, Room, name_of};
use souk_web::openapi::Operation;

/// Every HTTP endpoint, wing by wing, in reading order.
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

/// Every function: the endpoints first, then what queues, the stream, the clock and sockets call.
pub fn rooms() -> Vec<Room> {
    let mut rooms: Vec<Room> = operations().into_iter().map(Operation::room).collect();
    let mut others = |kind, name: &'static str, route: Option<&str>| {
        rooms.push(Room { name: name_of(name), kind, route: route.map(str::to_owned) });
    };
    macro_rules! rooms_of {
        ($trait:path, $kind:ident: $($room:path),+ $(,)?) => {$(
            others(Kind::$kind, <$room as $trait>::MODULE, None);
        )+};
    }
    use souk_messaging::{BatchConsumer, Consumer, Deployment, Schedule, StreamReader};
    rooms_of!(Consumer, Consumer: media::process_image::Room, orders::apply_stripe_event::Room, live::push_live::Room, mail::send_mail::Room, profile::erase_account::Room);
    rooms_of!(Consumer, Consumer: notifications::notify::Room);
    rooms_of!(Consumer, Consumer: shops::sync_shop::Room);
    rooms_of!(Consumer, Consumer: media::transform_image::Room, media::keep_pictures::Room);
    rooms_of!(Schedule, Schedule: media::purge_media::Room);
    rooms_of!(StreamReader, Stream: outbox::relay_outbox::Room);
    rooms_of!(Consumer, Consumer: site::move_category::Room);
    rooms_of!(Deployment, Deployment: site::seed_site::Room);
    rooms_of!(Consumer, Consumer: bulk::run_import::Room, bulk::run_export::Room);
    rooms_of!(StreamReader, Stream: catalogue::watch_products::Room);
    rooms_of!(Schedule, Schedule: orders::release_holds::Room, outbox::sweep_outbox::Room);
    rooms_of!(Schedule, Schedule: shops::purge_shops::Room, domains::check_domains::Room);
    rooms_of!(Schedule, Schedule: catalogue::purge_products::Room);
    rooms_of!(Consumer, Consumer: catalogue::count_sales::Room);
    rooms_of!(BatchConsumer, Consumer: search::index_products::Room);
    rooms_of!(Schedule, Schedule: search::rebuild_index::Room);
    use souk_live::SocketRoute;
    macro_rules! sockets {
        ($($room:path),+ $(,)?) => {$(
            others(Kind::Socket, <$room as SocketRoute>::MODULE, Some(<$room as SocketRoute>::ROUTE));
        )+};
    }
    sockets!(live::connect_socket::Room, live::disconnect_socket::Room, live::default_socket::Room);
    rooms
}

/// The README's table of functions.
pub fn readme() -> String {
    let mut lines = vec!["| function | called by |".to_owned(), "|---|---|".to_owned()];
    for room in rooms() {
        let caller = room.route.map_or_else(|| format!("{:?}", room.kind).to_lowercase(), |route| format!("`{route}`"));
        lines.push(format!("| `{}` | {caller} |", room.name.replace('_', "-")));
    }
    lines.join("\n")
}
