//! The three checksums of S3, under the names of the library `crc-fast`, which the AWS SDK asks for them.
//!
//! That library can compute a hundred checksums, and chooses by a value: all their tables, 0.7 MB that no compression
//! makes smaller, become part of every function that talks to S3. This crate is put in its place.

use crc::{CRC_32_ISCSI, CRC_64_NVME, Crc, Table};

// 1 and 2 KB. S3 gets the first of the three by default, and the processor computes that one.
static CASTAGNOLI: Crc<u32, Table<1>> = Crc::<u32, Table<1>>::new(&CRC_32_ISCSI);
static NVME: Crc<u64, Table<1>> = Crc::<u64, Table<1>>::new(&CRC_64_NVME);

/// Which checksum.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CrcAlgorithm {
    /// That of Ethernet and gzip: S3's CRC32.
    Crc32IsoHdlc,
    /// Castagnoli's: S3's CRC32C.
    Crc32Iscsi,
    /// That of NVMe: S3's CRC64NVME.
    Crc64Nvme,
}

/// A checksum under way.
#[derive(Clone)]
pub struct Digest(State);

#[derive(Clone)]
enum State {
    IsoHdlc(crc32fast::Hasher),
    Castagnoli(crc::Digest<'static, u32, Table<1>>),
    Nvme(crc::Digest<'static, u64, Table<1>>),
}

impl Digest {
    /// That of nothing yet.
    pub fn new(algorithm: CrcAlgorithm) -> Self {
        Self(match algorithm {
            CrcAlgorithm::Crc32IsoHdlc => State::IsoHdlc(crc32fast::Hasher::new()),
            CrcAlgorithm::Crc32Iscsi => State::Castagnoli(CASTAGNOLI.digest()),
            CrcAlgorithm::Crc64Nvme => State::Nvme(NVME.digest()),
        })
    }

    /// Goes on with these bytes.
    pub fn update(&mut self, data: &[u8]) {
        match &mut self.0 {
            State::IsoHdlc(hasher) => hasher.update(data),
            State::Castagnoli(digest) => digest.update(data),
            State::Nvme(digest) => digest.update(data),
        }
    }

    /// The checksum of all bytes so far. One of 32 bits is in the lower half.
    pub fn finalize(&self) -> u64 {
        match self.0.clone() {
            State::IsoHdlc(hasher) => hasher.finalize().into(),
            State::Castagnoli(digest) => digest.finalize().into(),
            State::Nvme(digest) => digest.finalize(),
        }
    }
}

/// The checksum of these bytes.
pub fn checksum(algorithm: CrcAlgorithm, data: &[u8]) -> u64 {
    let mut digest = Digest::new(algorithm);
    digest.update(data);
    digest.finalize()
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_tuple("Digest").field(&self.finalize()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The check values of the catalogue of parametrised CRC algorithms: <https://reveng.sourceforge.io/crc-catalogue>.
    #[test]
    fn checksums_are_those_of_the_catalogue() {
        for (algorithm, check) in [
            (CrcAlgorithm::Crc32IsoHdlc, 0xcbf4_3926),
            (CrcAlgorithm::Crc32Iscsi, 0xe306_9283),
            (CrcAlgorithm::Crc64Nvme, 0xae8b_1486_0a79_9888),
        ] {
            assert_eq!(checksum(algorithm, b"123456789"), check);
            let mut digest = Digest::new(algorithm);
            digest.update(b"1234");
            assert_ne!(digest.finalize(), check);
            digest.update(b"56789");
            assert_eq!(digest.finalize(), check, "in two parts");
        }
    }
}
