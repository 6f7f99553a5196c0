package projections

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/audit"
	"skein/domain/organization"
	"skein/domain/space"
)

// Audit keeps the audit logs of organizations.
type Audit struct{}

// Tables implements Projection.
func (Audit) Tables() []string { return []string{"audit"} }

// Concerns implements Projection.
func (Audit) Concerns(s domain.Stream) bool { return s.Category() == "audit" }

// Project implements Projection.
func (Audit) Project(ctx context.Context, tx pgx.Tx, page []domain.Recorded) error {
	var b pgx.Batch
	for _, r := range page {
		if e, ok := r.Event.(audit.Noted); ok {
			of, _ := r.Stream.Parts()
			b.Queue(`INSERT INTO audit VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				of, r.Position, r.At, r.By.Actor, e.Action, e.Outcome, e.Space, r.By.Request, e)
		}
	}
	return tx.SendBatch(ctx, &b).Close()
}

// AuditEntry is an entry of an audit log.
type AuditEntry struct {
	Position domain.Position `json:"position" doc:"Of the entry in the journal"`
	At       time.Time       `json:"at"`
	Actor    domain.Actor    `json:"actor" doc:"A user, a credential of a space, or a part of the system; it is named for ever, also when it is deleted"`
	Request  string          `json:"request,omitempty" doc:"Id of the request"`
	audit.Noted
}

// AuditFilter says which entries of an audit log are shown. What is zero shows all.
type AuditFilter struct {
	Actor   domain.Actor  `query:"actor" doc:"Only what this actor did or tried to"`
	Action  string        `query:"action" doc:"Only this, as operations are named here" example:"putMember"`
	Outcome audit.Outcome `query:"outcome" enum:"done,refused,failed" doc:"Only what came to this"`
	Space   space.ID      `query:"space" doc:"Only what was about this space or happened in it"`
	From    time.Time     `query:"from" doc:"Only what happened at this time or later"`
	Until   time.Time     `query:"until" doc:"Only what happened before this time"`
}

// ListAudit lists the entries of an organization's audit log that a filter shows, the
// last one first. It returns the cursor of the next page, empty on the last one.
func ListAudit(ctx context.Context, db DB, of organization.ID, f AuditFilter, cursor string, limit int) ([]AuditEntry, string, error) {
	list := []string{"audit", string(of), fmt.Sprint(f)}
	before, err := positionBefore(cursor, list...)
	if err != nil {
		return nil, "", err
	}
	if said := string(f.Actor) + f.Action + string(f.Space); !utf8.ValidString(said) || strings.ContainsRune(said, 0) {
		return []AuditEntry{}, "", nil // nothing is called so
	}
	where, args := []string{"organization = $1", "position < $3"}, []any{of, limit + 1, before}
	only := func(condition string, value any) {
		args = append(args, value)
		where = append(where, condition+" $"+strconv.Itoa(len(args)))
	}
	if f.Actor != "" {
		only("actor =", f.Actor)
	}
	if f.Action != "" {
		only("action =", f.Action)
	}
	if f.Outcome != "" {
		only("outcome =", f.Outcome)
	}
	if f.Space != "" {
		only("in_space <> '' AND in_space =", f.Space)
	}
	if !f.From.IsZero() {
		only("at >=", f.From)
	}
	if !f.Until.IsZero() {
		only("at <", f.Until)
	}
	rows, err := db.Query(ctx, `
		SELECT position, at, actor, request, entry FROM audit
		WHERE `+strings.Join(where, " AND ")+` ORDER BY position DESC LIMIT $2`, args...)
	if err != nil {
		return nil, "", err
	}
	entries, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e AuditEntry, err error) {
		return e, row.Scan(&e.Position, &e.At, &e.Actor, &e.Request, &e.Noted)
	})
	if err != nil || len(entries) <= limit {
		return entries, "", err
	}
	return entries[:limit], sealPosition(entries[limit-1].Position, list...), nil
}
