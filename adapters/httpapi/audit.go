package httpapi

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"

	"skein/domain/access"
	"skein/domain/organization"
	"skein/projections"
)

const auditPath = organizationPath + "/audit"

func (a *API) audit(api huma.API) {
	errors := []int{http.StatusForbidden, http.StatusNotFound, http.StatusServiceUnavailable}
	operation(api, huma.Operation{
		OperationID: "listAudit", Method: http.MethodGet, Path: auditPath, Tags: auditTag, Errors: errors,
		Summary: "Read the audit log",
		Description: "Who changed permissions, members, plans and modules, issued, rotated and revoked credentials, merged, deleted, connected mailboxes and exported, and who was refused because of who they are; the last one first. " +
			"Entries hold ids only, and stay when users, credentials, contacts and spaces are deleted (D5-4, C2-80). Of more than 60 refused attempts of an actor in a minute the rest is counted: the action moreRefused. " +
			"What somebody was refused in another organization stands in the log of their own. With Min-Position of any answer, the log shows the entry of what it answered. outcome failed may have taken effect or not.",
	}, a.listAudit)
	operation(api, huma.Operation{
		OperationID: "exportAudit", Method: http.MethodGet, Path: auditPath + "/export", Tags: auditTag, Errors: errors, Responses: text("text/csv"),
		Summary:     "Export the audit log",
		Description: "All of it, or what a filter shows of it, as CSV (RFC 4180), the last one first. The export is in the log itself before its first line is sent. An export that breaks off ends without the end of its chunked answer: it is not whole.",
	}, a.exportAudit)
}

type auditList struct {
	Body struct {
		Entries []projections.AuditEntry `json:"entries"`
		Next    string                   `json:"next,omitempty" doc:"Cursor of the next page; none on the last one"`
	}
}

func (a *API) listAudit(ctx context.Context, in *struct {
	InOrganization
	Since
	Paged
	projections.AuditFilter
},
) (*auditList, error) {
	if err := a.seeAudit(ctx, in.Organization, in.Since); err != nil {
		return nil, err
	}
	var out auditList
	var err error
	out.Body.Entries, out.Body.Next, err = projections.ListAudit(ctx, a.DB, in.Organization, in.AuditFilter, in.Cursor, in.Limit)
	return &out, err
}

// seeAudit lets those read the audit log who may. An entry lies behind what it tells
// of in the journal, and before the answer to that; so whoever asks to see the journal
// up to that answer sees all of it there is.
func (a *API) seeAudit(ctx context.Context, of organization.ID, asked Since) error {
	if _, err := a.administer(ctx, of, access.ReadAudit); err != nil {
		return err
	}
	at := max(asked.MinPosition, asked.AlsoMin)
	if at == 0 {
		return nil
	}
	end, err := a.Ready(ctx)
	if err != nil {
		return err
	}
	return a.await(ctx, Since{MinPosition: max(at, end)}, "audit")
}
