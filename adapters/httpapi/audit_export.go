package httpapi

import (
	"context"
	"encoding/csv"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/organization"
	"skein/projections"
)

// exportPage is how many entries of an export are in memory at once.
const exportPage = 500

func (a *API) exportAudit(ctx context.Context, in *struct {
	InOrganization
	Since
	projections.AuditFilter
},
) (*huma.StreamResponse, error) {
	if err := a.seeAudit(ctx, in.Organization, in.Since); err != nil {
		return nil, err
	}
	entries, next, err := projections.ListAudit(ctx, a.DB, in.Organization, in.AuditFilter, "", exportPage)
	if err != nil {
		return nil, err
	}
	if err := a.noteExport(ctx); err != nil {
		return nil, err
	}
	return &huma.StreamResponse{Body: func(out huma.Context) {
		out.SetHeader("Content-Type", "text/csv; charset=utf-8")
		out.SetHeader("Content-Disposition", `attachment; filename="audit.csv"`)
		out.SetStatus(http.StatusOK)
		if err := a.writeAudit(ctx, csv.NewWriter(out.BodyWriter()), in.Organization, in.AuditFilter, entries, next); err != nil {
			q := requestOf(ctx)
			q.log.WarnContext(ctx, "export broke off", "request", q.id, "action", q.action, "error", err)
			panic(http.ErrAbortHandler) // or else it would look whole
		}
	}}, nil
}

// writeAudit writes entries and, page by page, those after them.
func (a *API) writeAudit(ctx context.Context, out *csv.Writer, of organization.ID, f projections.AuditFilter, entries []projections.AuditEntry, next string) error {
	err := out.Write([]string{"at", "actor", "action", "outcome", "code", "more", "space", "contact", "absorbed", "merge", "other", "users", "credential", "mailbox", "setting", "address", "request", "position"})
	for err == nil {
		for _, e := range entries {
			if err = out.Write(auditRow(e)); err != nil {
				return err
			}
		}
		out.Flush()
		if err = out.Error(); err != nil || next == "" {
			return err
		}
		entries, next, err = projections.ListAudit(ctx, a.DB, of, f, next, exportPage)
	}
	return err
}

func auditRow(e projections.AuditEntry) []string {
	var users []string
	for _, u := range e.Users {
		user := string(u.ID)
		if u.Role != "" {
			user += " " + u.Role
		}
		if u.NoExport {
			user += " no_export"
		}
		if u.NoDeletion {
			user += " no_deletion"
		}
		users = append(users, user)
	}
	row := []string{
		e.At.UTC().Format(time.RFC3339Nano), string(e.Actor), e.Action, string(e.Outcome), e.Code, "",
		string(e.Space), string(e.Contact), string(e.Absorbed), string(e.Merge), string(e.Other), strings.Join(users, ", "), string(e.Credential), string(e.Mailbox),
		e.Setting, e.Address, e.Request, positionText(e.Position),
	}
	if e.More > 0 {
		row[5] = strconv.Itoa(e.More)
	}
	for i, value := range row {
		row[i] = cell(value)
	}
	return row
}
