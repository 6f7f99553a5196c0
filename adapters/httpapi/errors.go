package httpapi

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"net/http"

	"skein/domain"
	"skein/domain/contact"
	"skein/domain/space"
)

// statuses says how each reason of a refusal is said in HTTP.
var statuses = map[domain.Reason]int{
	domain.Invalid:   http.StatusUnprocessableEntity,
	domain.Missing:   http.StatusNotFound,
	domain.Gone:      http.StatusGone,
	domain.Conflict:  http.StatusConflict,
	domain.Stale:     http.StatusPreconditionFailed,
	domain.Forbidden: http.StatusForbidden,
	domain.Unplanned: http.StatusPaymentRequired,
}

// ownStatuses are those of refusals that HTTP has a word of its own for.
var ownStatuses = map[string]int{
	"unauthenticated":    http.StatusUnauthorized,
	"token_claim_unfit":  http.StatusUnauthorized,
	"issuer_unreachable": http.StatusServiceUnavailable,
	errLimit.Code:        http.StatusTooManyRequests,
	errListeners.Code:    http.StatusTooManyRequests,
	errUnreadable.Code:   http.StatusBadRequest,
	errNoBody.Code:       http.StatusBadRequest,
	errCutOff.Code:       http.StatusBadRequest,
	errSlow.Code:         http.StatusRequestTimeout,
	errTooLarge.Code:     http.StatusRequestEntityTooLarge,
	errMediaType.Code:    http.StatusUnsupportedMediaType,
	errMethod.Code:       http.StatusMethodNotAllowed,
	errInternal.Code:     http.StatusInternalServerError,
	errNoMatch.Code:      http.StatusPreconditionRequired,
	errNotYet.Code:       http.StatusServiceUnavailable,
	errUnsure.Code:       http.StatusServiceUnavailable,
	errNobodyWaits.Code:  statusNobodyWaits,
}

// statusNobodyWaits is never seen by anybody but whoever reads the metrics.
const statusNobodyWaits = 499

// Refusals that are about requests, whatever they ask for.
var (
	errRoute       = domain.Refuse(domain.Missing, "route_unknown", "There is nothing at this address. /docs lists all there is.")
	errMethod      = domain.Refuse(domain.Invalid, "method_unknown", "This cannot be done here. The header Allow says what can.")
	errUnreadable  = domain.Refuse(domain.Invalid, "body_unreadable", "The body is not JSON. Send one JSON object, encoded in UTF-8.")
	errNoBody      = domain.Refuse(domain.Invalid, "body_missing", "This needs a body. Send a JSON object.")
	errCutOff      = domain.Refuse(domain.Invalid, "body_cut_off", "The connection ended before the body did. Nothing was done; send it again.")
	errSlow        = domain.Refuse(domain.Invalid, "body_too_slow", "The body took too long to arrive. Nothing was done; send it again.")
	errTooLarge    = domain.Refuse(domain.Invalid, "body_too_large", "A body has at most 1 MiB.")
	errMediaType   = domain.Refuse(domain.Invalid, "body_type_unknown", "Send JSON, with the header Content-Type: application/json.")
	errBody        = domain.Refuse(domain.Invalid, "body_invalid", "The body does not fit.")
	errParameter   = domain.Refuse(domain.Invalid, "parameter_invalid", "A parameter does not fit.")
	errNobodyWaits = domain.Refuse(domain.Invalid, "request_abandoned", "Whoever asked waits no longer.")
	errInternal    = domain.Refuse(0, "internal", "Something went wrong on our side. Try again later, and name the request_id if you report it.")
)

// problem is err as the client of the request sees it. What is no refusal is a
// fault of ours: the client learns nothing of it, and it is logged here.
func (q *request) problem(ctx context.Context, err error) *problem {
	var refused *domain.Refusal
	switch {
	case errors.As(err, &refused):
	case ctx.Err() != nil:
		refused = errNobodyWaits
	default:
		q.log.ErrorContext(ctx, "request failed", "request", q.id, "method", q.method, "error", err)
		refused = errInternal
	}
	q.refused = refused.Code
	p := &problem{
		Type: "about:blank", Status: statusOf(refused), Code: refused.Code, Detail: refused.Message,
		Pointer: refused.At, Request: q.id, Names: refused.Names,
	}
	if survivor, merged := q.survivor(refused); merged {
		p = p.naming("link", survivor)
		if q.method == http.MethodGet || q.method == http.MethodHead {
			p.Status = http.StatusPermanentRedirect
		}
	}
	p.Title = http.StatusText(p.Status)
	return p
}

func statusOf(refused *domain.Refusal) int {
	if status, own := ownStatuses[refused.Code]; own {
		return status
	}
	return cmp.Or(statuses[refused.Reason], http.StatusInternalServerError)
}

// survivor is where the contact is that a refused one became a part of.
func (q *request) survivor(refused *domain.Refusal) (string, bool) {
	id := refused.Names["survivor"]
	return contactPath(q.space, contact.ID(id)), refused.Code == contact.ErrMerged.Code && id != ""
}

func contactPath(in space.ID, id contact.ID) string {
	return "/v1/spaces/" + string(in) + "/contacts/" + string(id)
}

// refuse answers a request with what err says.
func refuse(w http.ResponseWriter, r *http.Request, err error) {
	p := requestOf(r.Context()).problem(r.Context(), err)
	p.headers(w.Header().Set)
	w.Header().Set("Content-Type", p.ContentType(""))
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // nobody is left to hear of a fault here
}
