//! Runs [`media::create_upload`].

souk_runtime::main!(media::create_upload::CreateUpload);
