//! Checks whether a file contains the whole picture, by its outer structure alone.
//!
//! The decoders do not check this: the JPEG decoder fills missing parts with grey, and the others report them like any
//! other damage. Bytes after the end of the picture do not matter; they are never decoded.

use crate::Rejection;

const START_OF_SCAN: u8 = 0xDA;
const END_OF_IMAGE: u8 = 0xD9;

/// A progressive JPEG has about ten scans. Each scan costs a pass over the whole picture, so a small file with
/// thousands of empty scans would keep the decoder busy for minutes.
const MAX_SCANS: u32 = 64;

/// Checks that a JPEG (ITU-T T.81, Annex B) has an end, and no more scans than an encoder writes.
pub(crate) fn check_jpeg(bytes: &[u8]) -> Result<(), Rejection> {
    let mut rest = bytes.get(2..).ok_or(Rejection::Truncated)?;
    let mut scans = 0;
    loop {
        let marker;
        (marker, rest) = next_marker(rest).ok_or(Rejection::Truncated)?;
        if marker == END_OF_IMAGE {
            return if scans > 0 { Ok(()) } else { Err(Rejection::Damaged) };
        }
        rest = after_segment(rest)?;
        if marker == START_OF_SCAN {
            scans += 1;
            if scans > MAX_SCANS {
                return Err(Rejection::Damaged);
            }
        }
    }
}

/// Returns the next marker that begins a segment or ends the picture, and the bytes after it. Skips entropy-coded data
/// with its stuffed zeros and restart markers (0xD0 to 0xD7), fill bytes, and 0x01, which has no segment.
fn next_marker(bytes: &[u8]) -> Option<(u8, &[u8])> {
    let at = bytes
        .array_windows()
        .position(|&[first, second]| first == 0xFF && !matches!(second, 0x00 | 0x01 | 0xD0..=0xD7 | 0xFF))?;
    Some((bytes[at + 1], &bytes[at + 2..]))
}

/// Returns the bytes after a segment. The segment begins with its two-byte length, which includes the length itself.
fn after_segment(bytes: &[u8]) -> Result<&[u8], Rejection> {
    let &[high, low, ..] = bytes else { return Err(Rejection::Truncated) };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length < 2 {
        return Err(Rejection::Damaged);
    }
    bytes.get(length..).ok_or(Rejection::Truncated)
}

/// Checks that a PNG has its last chunk (<https://www.w3.org/TR/png-3/#5DataRep>).
pub(crate) fn check_png(bytes: &[u8]) -> Result<(), Rejection> {
    const SIGNATURE: usize = 8;
    /// Length and type before the data, and a checksum after it.
    const AROUND_DATA: usize = 12;

    let mut rest = bytes.get(SIGNATURE..).ok_or(Rejection::Truncated)?;
    loop {
        let &[a, b, c, d, ref kind @ ..] = rest else { return Err(Rejection::Truncated) };
        let last = kind.starts_with(b"IEND");
        let length = u32::from_be_bytes([a, b, c, d]) as usize;
        rest = rest.get(length.saturating_add(AROUND_DATA)..).ok_or(Rejection::Truncated)?;
        if last {
            return Ok(());
        }
    }
}

/// Checks that a WebP has as many bytes as its RIFF header says
/// (<https://developers.google.com/speed/webp/docs/riff_container#webp_file_header>).
pub(crate) fn check_webp(bytes: &[u8]) -> Result<(), Rejection> {
    let Some(&[a, b, c, d]) = bytes.get(4..8) else { return Err(Rejection::Truncated) };
    let promised = u64::from(u32::from_le_bytes([a, b, c, d])) + 8;
    if (bytes.len() as u64) < promised { Err(Rejection::Truncated) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCAN: &[u8] = &[0xFF, START_OF_SCAN, 0, 3, 7, 0x12, 0xFF, 0x00, 0xFF, 0xD0, 0x34];

    fn jpeg(scans: usize, end: &[u8]) -> Vec<u8> {
        [&[0xFF, 0xD8, 0xFF, 0xE0, 0, 4, 1, 2], SCAN.repeat(scans).as_slice(), end].concat()
    }

    #[test]
    fn stuffed_zeros_and_restarts_do_not_end_a_scan() {
        assert_eq!(check_jpeg(&jpeg(2, &[0xFF, END_OF_IMAGE])), Ok(()));
    }

    #[test]
    fn bytes_after_the_end_do_not_matter() {
        assert_eq!(check_jpeg(&jpeg(1, &[0xFF, END_OF_IMAGE, 0xFF, START_OF_SCAN])), Ok(()));
    }

    #[test]
    fn a_truncated_file_is_detected_at_every_length() {
        let whole = jpeg(1, &[0xFF, END_OF_IMAGE]);
        for length in 0..whole.len() {
            assert_eq!(check_jpeg(&whole[..length]), Err(Rejection::Truncated), "cut at {length}");
        }
    }

    #[test]
    fn more_scans_than_an_encoder_writes_are_refused() {
        assert_eq!(check_jpeg(&jpeg(65, &[0xFF, END_OF_IMAGE])), Err(Rejection::Damaged));
    }
}
