package projections

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/organization"
	"skein/domain/space"
)

// usage is what a page changes of what a space is billed for (C1-8): the standing
// contacts, counted event by event so that it is the same however the journal is cut
// into pages, and the messages of each month.
//
// An event counts in the month in which it was recorded, but in none before the last
// one that anything counted in: clocks go back, and what was imported with a space
// happened before the space was here.
type usage struct {
	people int64 // standing at this moment
	months []organization.Usage
}

// monthOf is the first moment of a month in UTC.
func monthOf(at time.Time) time.Time {
	at = at.UTC()
	return time.Date(at.Year(), at.Month(), 1, 0, 0, 0, 0, time.UTC)
}

// count counts an event by which so many more contacts stand.
func (u *usage) count(r domain.Recorded, since time.Time, more int) {
	month := monthOf(r.At)
	if first := monthOf(since); month.Before(first) {
		month = first
	}
	last := len(u.months) - 1
	if last < 0 || month.After(u.months[last].Month) {
		u.months = append(u.months, organization.Usage{Month: month, People: u.people, Peak: u.people})
		last++
	}
	u.people += int64(more)
	m := &u.months[last]
	m.People, m.Peak = u.people, max(m.Peak, u.people)
	if i, ok := r.Event.(contact.Interaction); ok {
		switch i.Interacted().Way {
		case contact.Incoming:
			m.Received++
		case contact.Outgoing:
			m.Sent++
		}
	}
}

// usages are rows of space_usage to write, one slice a column.
type usages struct {
	space                        []string
	month                        []time.Time
	people, peak, received, sent []int64
}

// add adds the months of a page. What the last month before it had is there already.
func (w *usages) add(in space.ID, u usage) {
	for _, m := range u.months {
		w.space, w.month = append(w.space, string(in)), append(w.month, m.Month)
		w.people, w.peak = append(w.people, m.People), append(w.peak, m.Peak)
		w.received, w.sent = append(w.received, m.Received), append(w.sent, m.Sent)
	}
}

func (w *usages) upsert(b *pgx.Batch) {
	if len(w.space) > 0 {
		b.Queue(`
			INSERT INTO space_usage AS u (space, month, people, peak, received, sent)
			SELECT * FROM unnest($1::text[], $2::date[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[])
			ON CONFLICT (space, month) DO UPDATE SET people = excluded.people, peak = greatest(u.peak, excluded.peak),
				received = u.received + excluded.received, sent = u.sent + excluded.sent`,
			w.space, w.month, w.people, w.peak, w.received, w.sent)
	}
}

// SpaceUsage is what a space is billed for in a month.
type SpaceUsage struct {
	Space    space.ID  `json:"space"`
	Month    time.Time `json:"-"`
	People   int64     `json:"people" doc:"Contacts that stand at its end, or by now; 0 if the space was deleted by then"`
	Peak     int64     `json:"peak" doc:"The most contacts that stood at one time"`
	Received int64     `json:"received" doc:"Messages received"`
	Sent     int64     `json:"sent" doc:"Messages that went out"`
}

// UsageOf is what the spaces of an organization are billed for, by month and space, of
// the months from one to another, also of spaces that were deleted. In a month in which
// nothing changed a space is billed for who was there. There is no such month before
// its first contact, nor one that has not begun.
func UsageOf(ctx context.Context, db DB, of organization.ID, from, until, now time.Time) ([]SpaceUsage, error) {
	rows, err := db.Query(ctx, `
		WITH told AS (
			SELECT space, month, people, peak, received, sent, NULL::date AS gone
			FROM space_usage JOIN contact_spaces USING (space) WHERE state ->> 'Organization' = $1 AND space NOT IN (SELECT id FROM space_deletions)
			UNION ALL
			SELECT d.id, (m ->> 'month')::timestamptz AT TIME ZONE 'UTC', (m ->> 'people')::bigint, (m ->> 'peak')::bigint,
				coalesce((m ->> 'received')::bigint, 0), coalesce((m ->> 'sent')::bigint, 0), date_trunc('month', d.deleted AT TIME ZONE 'UTC')
			FROM space_deletions d CROSS JOIN LATERAL jsonb_array_elements(d.usage) AS m WHERE organization = $1
		), begun AS (
			SELECT space, gone, min(month) AS first FROM told GROUP BY space, gone
		)
		SELECT b.space, m AS month, CASE WHEN m = b.gone THEN 0 ELSE t.people END AS people,
			CASE WHEN t.month = m THEN t.peak ELSE t.people END AS peak,
			CASE WHEN t.month = m THEN t.received ELSE 0 END AS received,
			CASE WHEN t.month = m THEN t.sent ELSE 0 END AS sent
		FROM begun b
		CROSS JOIN LATERAL generate_series(greatest(b.first, $2::date)::timestamp, least($3::date, $4::date, b.gone)::timestamp, interval '1 month') AS m
		CROSS JOIN LATERAL (SELECT * FROM told t WHERE t.space = b.space AND t.month <= m ORDER BY t.month DESC LIMIT 1) AS t
		ORDER BY month, space`, of, monthOf(from), monthOf(until), monthOf(now))
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByName[SpaceUsage])
}

// UsageSoFar is what a space was billed for until now, as its deletion keeps it.
func UsageSoFar(ctx context.Context, db DB, id space.ID) ([]organization.Usage, error) {
	rows, err := db.Query(ctx, `SELECT month, people, peak, received, sent FROM space_usage WHERE space = $1 ORDER BY month`, id)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[organization.Usage])
}
