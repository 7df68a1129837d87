//! The rows of the city, table by table, and their way into the database.
//!
//! Contract: [`Rows::insert`] keeps the order in which tables refer to one another. Deliberately absent: transactions,
//! which the caller opens.

use crate::db::account::{AccountRow, TokenRow};
use crate::db::assignment::AssignmentRow;
use crate::db::audit::AuditRow;
use crate::db::calendar::CalendarDayRow;
use crate::db::case_file::StatementRow;
use crate::db::conduct::{CaseRow, IncidentRow};
use crate::db::contact::ContactRow;
use crate::db::enterprise::EnterpriseRow;
use crate::db::expert::{ExpertRow, LeaveRow, QualificationRow};
use crate::db::fact::FactRow;
use crate::db::feedback::{FeedbackRow, RatingRow};
use crate::db::need::{ClosureRow, NeedRow, ReserveRow, SeatRow};
use crate::db::outbox::OutboxRow;
use crate::db::region::RegionRow;
use crate::db::reminder::ReminderRow;
use crate::db::standing_history::StepRow;
use crate::db::station::StationRow;
use crate::db::task::TaskRow;
use crate::db::{self, Conn};
use crate::ids::AssignmentId;
use diesel::QueryResult;

/// Rows on their way into the database.
#[derive(Debug, Default)]
pub struct Rows {
    /// Regions.
    pub regions: Vec<RegionRow>,
    /// Days of the State Council's notices.
    pub days: Vec<CalendarDayRow>,
    /// Stations.
    pub stations: Vec<StationRow>,
    /// Accounts.
    pub accounts: Vec<AccountRow>,
    /// API tokens.
    pub tokens: Vec<TokenRow>,
    /// Experts.
    pub experts: Vec<ExpertRow>,
    /// How to reach them.
    pub contacts: Vec<ContactRow>,
    /// Experts written before whose rows changed since.
    pub restated_experts: Vec<ExpertRow>,
    /// Their qualifications.
    pub qualifications: Vec<QualificationRow>,
    /// Their leaves.
    pub leaves: Vec<LeaveRow>,
    /// Enterprises.
    pub enterprises: Vec<EnterpriseRow>,
    /// Needs.
    pub needs: Vec<NeedRow>,
    /// Their seats.
    pub seats: Vec<SeatRow>,
    /// The seats' reserves.
    pub reserves: Vec<ReserveRow>,
    /// Offers.
    pub assignments: Vec<AssignmentRow>,
    /// Their reminders.
    pub reminders: Vec<ReminderRow>,
    /// Feedback.
    pub feedback: Vec<FeedbackRow>,
    /// Ratings.
    pub ratings: Vec<RatingRow>,
    /// How needs were closed.
    pub closures: Vec<ClosureRow>,
    /// Incidents.
    pub incidents: Vec<IncidentRow>,
    /// Conduct cases.
    pub cases: Vec<CaseRow>,
    /// What experts said in them.
    pub statements: Vec<StatementRow>,
    /// How experts came to stand as they stand.
    pub standing: Vec<StepRow>,
    /// Tasks.
    pub tasks: Vec<TaskRow>,
    /// Letters owed or sent.
    pub outbox: Vec<OutboxRow>,
    /// Facts of finished offers.
    pub facts: Vec<FactRow>,
    /// Their services.
    pub fact_services: Vec<(AssignmentId, String)>,
    /// The trail.
    pub audit: Vec<AuditRow>,
}

impl Rows {
    /// How many needs, offers and events wait here: when to hand them over.
    #[must_use]
    pub fn weight(&self) -> usize {
        self.needs.len() + self.assignments.len() + self.audit.len()
    }

    /// Writes all of them.
    ///
    /// # Errors
    /// What the database says.
    pub fn insert(&self, conn: &mut Conn) -> QueryResult<()> {
        db::region::insert_many(conn, &self.regions)?;
        db::calendar::insert_days(conn, &self.days)?;
        db::station::insert_many(conn, &self.stations)?;
        db::account::insert_many(conn, &self.accounts)?;
        db::account::insert_tokens(conn, &self.tokens)?;
        db::expert::insert_many(conn, &self.experts)?;
        db::contact::insert_many(conn, &self.contacts)?;
        db::expert::insert_qualifications(conn, &self.qualifications)?;
        db::expert::insert_leaves(conn, &self.leaves)?;
        db::enterprise::insert_many(conn, &self.enterprises)?;
        db::need::insert_many(conn, &self.needs)?;
        db::need::insert_seats(conn, &self.seats)?;
        db::need::insert_reserves(conn, &self.reserves)?;
        db::assignment::insert_many(conn, &self.assignments)?;
        db::reminder::insert_many(conn, &self.reminders)?;
        db::feedback::insert_many(conn, &self.feedback)?;
        db::feedback::insert_ratings(conn, &self.ratings)?;
        db::need::insert_closures(conn, &self.closures)?;
        db::conduct::insert_incidents(conn, &self.incidents)?;
        db::conduct::insert_many(conn, &self.cases)?;
        db::case_file::insert_statements(conn, &self.statements)?;
        db::standing_history::insert_many(conn, &self.standing)?;
        db::task::insert_many(conn, &self.tasks)?;
        db::outbox::insert_many(conn, &self.outbox)?;
        db::fact::insert_many(conn, &self.facts, &self.fact_services)?;
        for row in &self.restated_experts {
            db::expert::save(conn, row)?;
        }
        db::audit::insert_chains(conn, &self.audit)
    }
}
