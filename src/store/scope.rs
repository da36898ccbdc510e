//! Who asks, and what they may see. Every read of the store takes a scope; nothing is allowed by
//! default. A right counts only where the grant that gives it reaches: grants are united whole, never
//! by dimension. Start with [`Scope::of`] and [`Scope::restrict`].

use serde::{Deserialize, Serialize};

use crate::domain::{
    reach::Reach,
    user::{Field, Needs, Permission, Role},
};

use super::rows::Query;

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
    /// What the role sees of people, from `role_field`.
    pub fields: Vec<Field>,
}

impl Grant {
    /// Whether the grant names what its role needs; one that does not gives nothing.
    fn is_complete(&self) -> bool {
        match self.role.needs() {
            Needs::Nothing => true,
            Needs::Sector => self.sector.is_some(),
            Needs::Municipality => self.municipality.is_some(),
        }
    }
}

/// What an integration's token names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Allowance {
    /// What it may do, of [`Permission::FOR_PROGRAMS`].
    pub permissions: Vec<Permission>,
    /// What it sees of people.
    pub fields: Vec<Field>,
    /// Sectors' codes; none is all of them.
    pub sectors: Vec<String>,
    /// Municipalities' codes; none is all of them.
    pub municipalities: Vec<String>,
}

/// Who asks and what they may see and do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scope {
    /// The login, `service:understanding` for a loop, `integration:pos` for a program: the name that
    /// audit events carry.
    pub who: String,
    /// Roles held.
    pub roles: Vec<Role>,
    rights: Vec<Right>,
}

/// What one grant gives, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Right {
    permissions: Vec<Permission>,
    fields: Vec<Field>,
    sector: Option<String>,
    municipality: Option<String>,
}

impl Right {
    fn covers(&self, sector: Option<&str>, municipality: Option<&str>) -> bool {
        let within = |own: &Option<String>, code| own.is_none() || own.as_deref() == code;
        within(&self.sector, sector) && within(&self.municipality, municipality)
    }
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
            rights: vec![Right {
                permissions: Permission::ALL.to_vec(),
                fields: Field::ALL.to_vec(),
                sector: None,
                municipality: None,
            }],
        }
    }

    /// A member of staff by the roles they hold. A block's role without a sector and a municipal head
    /// without a municipality reach nothing.
    pub fn of(who: &str, grants: &[Grant]) -> Self {
        let right = |grant: &Grant| Right {
            permissions: grant.permissions.clone(),
            fields: grant.fields.clone(),
            sector: grant.sector.clone(),
            municipality: grant.municipality.clone(),
        };
        let complete = grants.iter().filter(|grant| grant.is_complete());
        Self {
            who: who.to_owned(),
            roles: grants.iter().map(|grant| grant.role).collect(),
            rights: complete.map(right).collect(),
        }
    }

    /// An integration: what its token names, in each of its sectors × municipalities. However the row
    /// of a token came to be, a program gets nothing that only people may have.
    pub fn integration(name: &str, allows: &Allowance) -> Self {
        let permissions = allows.permissions.iter().copied();
        let permissions = permissions.filter(|p| Permission::FOR_PROGRAMS.contains(p));
        let permissions: Vec<Permission> = permissions.collect();
        let sectors = all_or_each(&allows.sectors);
        let pairs = sectors.iter().flat_map(|sector| {
            let municipalities = all_or_each(&allows.municipalities).into_iter();
            municipalities.map(move |municipality| (sector.clone(), municipality))
        });
        let right = |(sector, municipality)| Right {
            permissions: permissions.clone(),
            fields: allows.fields.clone(),
            sector,
            municipality,
        };
        Self {
            who: format!("integration:{name}"),
            roles: Vec::new(),
            rights: pairs.map(right).collect(),
        }
    }

    /// Whether the scope has a permission anywhere at all.
    pub fn may(&self, permission: Permission) -> bool {
        let mut rights = self.rights.iter();
        rights.any(|right| right.permissions.contains(&permission))
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

    /// Where the scope has a permission.
    pub fn reach(&self, permission: Permission) -> Reach {
        self.reach_where(|right| right.permissions.contains(&permission))
    }

    /// Where posts may be searched: where their words may be read, for a search tells of the words.
    pub fn search_reach(&self) -> Reach {
        self.reach_where(|right| {
            right.permissions.contains(&Permission::ReadPosts)
                && right.fields.contains(&Field::Text)
        })
    }

    /// Where the scope has anything: what a person is of.
    pub fn whole_reach(&self) -> Reach {
        self.reach_where(|_| true)
    }

    fn reach_where(&self, test: impl Fn(&Right) -> bool) -> Reach {
        let rights = self.rights.iter().filter(|right| test(right));
        Reach::of(rights.map(|r| (r.sector.as_deref(), r.municipality.as_deref())))
    }

    /// Whether the scope has a permission for a row with this sector and municipality.
    pub fn covers(
        &self,
        permission: Permission,
        sector: Option<&str>,
        municipality: Option<&str>,
    ) -> bool {
        let held = |right: &&Right| right.permissions.contains(&permission);
        let mut rights = self.rights.iter().filter(held);
        rights.any(|right| right.covers(sector, municipality))
    }

    /// Whether the scope sees a field of a row with this sector and municipality.
    pub(crate) fn shows(
        &self,
        field: Field,
        sector: Option<&str>,
        municipality: Option<&str>,
    ) -> bool {
        let seen = |right: &&Right| right.fields.contains(&field);
        let mut rights = self.rights.iter().filter(seen);
        rights.any(|right| right.covers(sector, municipality))
    }

    /// Appends ` and (<sector and municipality where the permission holds> or …)` to a query's
    /// conditions.
    pub(crate) fn restrict(
        &self,
        query: &mut Query,
        permission: Permission,
        sector: &str,
        municipality: &str,
    ) {
        within(query, &self.reach(permission), sector, municipality);
    }

    /// The same for rows that have a municipality and no sector.
    pub(crate) fn restrict_place(
        &self,
        query: &mut Query,
        permission: Permission,
        municipality: &str,
    ) {
        let reach = self.reach(permission).of_places();
        within(query, &reach, "null", municipality);
    }
}

fn all_or_each(codes: &[String]) -> Vec<Option<String>> {
    match codes.is_empty() {
        true => vec![None],
        false => codes.iter().cloned().map(Some).collect(),
    }
}

fn within(query: &mut Query, reach: &Reach, sector: &str, municipality: &str) {
    if reach.is_everything() {
        return;
    }
    query.push(" and (");
    for (i, block) in reach.blocks().iter().enumerate() {
        query.push(if i > 0 { " or (" } else { "(" });
        let (sectors, places) = (&block.sectors, &block.municipalities);
        one_of(query, sector, sectors.as_deref());
        if sectors.is_some() && places.is_some() {
            query.push(" and ");
        }
        one_of(query, municipality, places.as_deref());
        query.push(")");
    }
    if reach.blocks().is_empty() {
        query.push("1 = 0");
    }
    query.push(")");
}

fn one_of(query: &mut Query, column: &str, codes: Option<&[String]>) {
    if let Some(codes) = codes {
        query.push(column).push(" in (");
        query.bind_list(codes.iter().map(String::as_str)).push(")");
    }
}
