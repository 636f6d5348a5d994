//! What queues, streams, schedules and deployments call.

pub mod keep_pictures;
pub mod process_image;
pub mod purge_media;
pub mod transform_image;
