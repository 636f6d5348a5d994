//! What holds without a deployed stack: the rooms, their events and the API document fit together.

mod api_document;
mod doors;
mod events;
