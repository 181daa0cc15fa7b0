//! Keyed digests, which say nothing to those who do not have the file's random bytes.

use std::fmt;

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use sha2::{Digest, Sha256};

/// Half of SHA-256: 2^64 pictures until two are taken for one.
const LENGTH: usize = 16;

macro_rules! id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; LENGTH]);

        impl $name {
            /// The bytes, for keeping.
            pub fn as_bytes(&self) -> &[u8; LENGTH] {
                &self.0
            }

            /// From [`Self::as_bytes`].
            pub fn from_bytes(bytes: [u8; LENGTH]) -> Self {
                Self(bytes)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(…)"))
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                Ok(ToSqlOutput::from(&self.0[..]))
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                let bytes = value.as_blob()?;
                bytes.try_into().map(Self).map_err(|_| FromSqlError::InvalidType)
            }
        }
    };
}

id! {
    /// A gallery's item, by name. Equal in one store only.
    ItemId
}
id! {
    /// What an item holds, byte by byte. Equal in one store only.
    ContentId
}

/// The random bytes of a store.
#[derive(Clone)]
pub(super) struct Salt(pub(super) [u8; 32]);

impl fmt::Debug for Salt {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Salt(…)")
    }
}

impl Salt {
    pub(super) fn item(&self, name: &[u8]) -> ItemId {
        ItemId(self.digest(b"item", name))
    }

    pub(super) fn content(&self, bytes: &[u8]) -> ContentId {
        ContentId(self.digest(b"content", bytes))
    }

    fn digest(&self, kind: &[u8], data: &[u8]) -> [u8; LENGTH] {
        // The key comes first and has a fixed length, and half of the digest is dropped,
        // so that nothing can be appended.
        let hash =
            Sha256::new().chain_update(self.0).chain_update(kind).chain_update(data).finalize();
        hash.first_chunk().copied().unwrap_or_default()
    }
}
