//! Runs [`media::get_upload`].

souk_runtime::main!(media::get_upload::GetUpload);
