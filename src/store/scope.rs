//! Who asks, and what they may see. Every read of the store takes a scope; nothing is allowed by
//! default.

use crate::domain::user::{Permission, Role};

use super::rows::Query;

/// How far a right reaches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Reach {
    /// All values.
    Everything,
    /// These codes only; an empty list is nothing.
    Only(Vec<String>),
}

impl Reach {
    /// Whether `code` is within reach. A thing without a code is within reach of everything only.
    pub fn covers(&self, code: Option<&str>) -> bool {
        match (self, code) {
            (Reach::Everything, _) => true,
            (Reach::Only(codes), Some(code)) => codes.iter().any(|c| c == code),
            (Reach::Only(_), None) => false,
        }
    }

    fn widen(&mut self, code: Option<&str>) {
        match (self, code) {
            (Reach::Everything, _) => {}
            (reach, None) => *reach = Reach::Everything,
            (Reach::Only(codes), Some(code)) => codes.push(code.to_owned()),
        }
    }
}

/// One role that somebody holds: `None` means every sector or municipality.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role.
    pub role: Role,
    /// The sector's code.
    pub sector: Option<String>,
    /// The municipality's code.
    pub municipality: Option<String>,
    /// What the role may do, from `role_permission`.
    pub permissions: Vec<Permission>,
}

/// Who asks and what they may see and do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The login, or `service:understanding` for a loop: the name that audit events carry.
    pub who: String,
    /// Roles held.
    pub roles: Vec<Role>,
    /// Sectors within reach.
    pub sectors: Reach,
    /// Municipalities within reach.
    pub municipalities: Reach,
    permissions: Vec<Permission>,
}

impl Scope {
    /// Nobody: sees nothing.
    pub fn nobody() -> Self {
        Self::of("nobody", &[])
    }

    /// A part of the program itself; it has no hands on people's actions, yet reads everything.
    pub fn service(name: &str) -> Self {
        Self {
            who: format!("service:{name}"),
            roles: Vec::new(),
            sectors: Reach::Everything,
            municipalities: Reach::Everything,
            permissions: Permission::ALL.to_vec(),
        }
    }

    /// A member of staff by the roles they hold.
    ///
    /// Reaches of several grants are united per dimension, for grants of roles are few and alike;
    /// permission × sector × municipality pairs come with the finer access work.
    pub fn of(who: &str, grants: &[Grant]) -> Self {
        let mut scope = Self {
            who: who.to_owned(),
            roles: Vec::new(),
            sectors: Reach::Only(Vec::new()),
            municipalities: Reach::Only(Vec::new()),
            permissions: Vec::new(),
        };
        for grant in grants {
            scope.roles.push(grant.role);
            scope.sectors.widen(grant.sector.as_deref());
            scope.municipalities.widen(grant.municipality.as_deref());
            scope.permissions.extend(&grant.permissions);
        }
        scope
    }

    /// Whether the scope has a permission at all.
    pub fn may(&self, permission: Permission) -> bool {
        self.permissions.contains(&permission)
    }

    /// The permission, or a refusal.
    ///
    /// # Errors
    /// [`super::Error::Denied`].
    pub fn require(&self, permission: Permission) -> super::Result<()> {
        if self.may(permission) {
            Ok(())
        } else {
            Err(super::Error::Denied(permission.code()))
        }
    }

    /// Whether a row with this sector and municipality is within reach.
    pub fn covers(&self, sector: Option<&str>, municipality: Option<&str>) -> bool {
        self.sectors.covers(sector) && self.municipalities.covers(municipality)
    }

    /// Appends ` and <sector in reach> and <municipality in reach>` to a query's conditions.
    pub(crate) fn restrict(&self, query: &mut Query, sector: &str, municipality: &str) {
        for (reach, column) in [
            (&self.sectors, sector),
            (&self.municipalities, municipality),
        ] {
            match reach {
                Reach::Everything => {}
                Reach::Only(codes) if codes.is_empty() => {
                    query.push(" and 1 = 0");
                }
                Reach::Only(codes) => {
                    query.push(" and ").push(column).push(" in (");
                    query.bind_list(codes.iter().map(String::as_str)).push(")");
                }
            }
        }
    }
}
