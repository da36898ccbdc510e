//! Staff: roles and what they may do. Permissions are data; this names the words.

use super::post::coded;

coded! {
    /// The roles of the regulations.
    Role {
        /// Curator: everything of every sector.
        Curator = "curator",
        /// Responsible executor.
        Executor = "executor",
        /// Head of the centre.
        CentreHead = "centre_head",
        /// Head of direction.
        DirectionHead = "direction_head",
        /// Responsible for a block (deputy head of the region).
        BlockLead = "block_lead",
        /// Head of a block.
        BlockHead = "block_head",
        /// Employee of a block.
        BlockEmployee = "block_employee",
        /// Content centre.
        ContentCentre = "content_centre",
        /// Media lead.
        MediaLead = "media_lead",
        /// Municipal head: their own municipality.
        MunicipalHead = "municipal_head",
        /// Leadership: aggregates only.
        Leadership = "leadership",
        /// Auditor: reads the log, changes nothing.
        Auditor = "auditor",
        /// Administrator: settings and people, no posts.
        Administrator = "administrator",
    }
}

/// What a grant of a role has to name, or it gives nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needs {
    /// Nothing: left out, it is everywhere.
    Nothing,
    /// A sector.
    Sector,
    /// A municipality.
    Municipality,
}

impl Role {
    /// What a grant of this role has to name: a block's people answer for a block (section 3.5 and
    /// 3.7 of the regulations), a municipal head for a municipality.
    pub fn needs(self) -> Needs {
        match self {
            Role::BlockLead | Role::BlockHead | Role::BlockEmployee => Needs::Sector,
            Role::MunicipalHead => Needs::Municipality,
            _ => Needs::Nothing,
        }
    }
}

coded! {
    /// What a role may do. Which role has which is a table (`role_permission`).
    Permission {
        /// See incidents of one's sectors and municipalities.
        ReadIncidents = "read_incidents",
        /// Take, answer, decline, close.
        HandleIncidents = "handle_incidents",
        /// Read posts' masked text and search.
        ReadPosts = "read_posts",
        /// Follow `/out/{post}` to the original.
        OpenLinks = "open_links",
        /// Give a sector to a post that the machine was unsure of.
        Triage = "triage",
        /// Decide claim suggestions.
        ReviewClaims = "review_claims",
        /// See sources and their health.
        ReadSources = "read_sources",
        /// See deliveries of alerts.
        ReadAlerts = "read_alerts",
        /// Have a failed alert sent once more.
        RetryAlerts = "retry_alerts",
        /// See the registry of official pages.
        ReadPages = "read_pages",
        /// Set the mark of an official page.
        EditPages = "edit_pages",
        /// See totals.
        ReadStats = "read_stats",
        /// Read the audit log.
        ReadAudit = "read_audit",
        /// Change sources, users, settings.
        Administer = "administer",
        /// Hand in posts that another system received.
        SubmitPosts = "submit_posts",
        /// Import tables that another system exports.
        ImportTables = "import_tables",
    }
}

impl Permission {
    /// What an integration may be given. Deciding is not among it: answers and closures carry the name
    /// of a person.
    pub const FOR_PROGRAMS: &'static [Permission] = &[
        Permission::ReadIncidents,
        Permission::ReadPosts,
        Permission::ReadStats,
        Permission::ReadSources,
        Permission::SubmitPosts,
    ];
}

coded! {
    /// What tells of people in a post or an incident. Which role sees which is a table
    /// (`role_field`); what a reader does not see, the store gives empty. The link to the original is
    /// no field but a permission of its own, for it leaves the house.
    Field {
        /// Residents' words, masked: text, title, quoted words.
        Text = "text",
        /// The community in which it was said.
        Source = "source",
        /// The pseudonym that tells one voice of an incident from another.
        Voice = "voice",
        /// A place more precise than its municipality.
        Place = "place",
        /// Colleagues' logins and names.
        Staff = "staff",
        /// Reasons that colleagues wrote for each other.
        Notes = "notes",
    }
}
