//! The workers of this service: three consumers and a schedule.

pub mod keep_pictures;
pub mod process_image;
pub mod purge_media;
pub mod transform_image;
