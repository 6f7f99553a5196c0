package httpapi

import (
	"cmp"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/validation"

	"skein/domain"
)

// sayItOurWay makes huma, which keeps such things for a whole process, speak of
// errors as we do, and take names of fields as they are written.
var sayItOurWay = sync.OnceFunc(func() {
	huma.ValidateStrictCasing = true
	huma.DefaultArrayNullable = false
	huma.NewError = func(int, string, ...error) huma.StatusError { return &problem{} } // tells huma the type
	huma.NewErrorWithContext = func(ctx huma.Context, status int, _ string, errs ...error) huma.StatusError {
		q := requestOf(ctx.Context())
		p := q.objection(ctx, status, errs)
		p.headers(ctx.SetHeader)
		return p
	}
})

// objections are what huma says by a status alone.
var objections = map[int]*domain.Refusal{
	http.StatusRequestTimeout:        errSlow,
	http.StatusRequestEntityTooLarge: errTooLarge,
	http.StatusUnsupportedMediaType:  errMediaType,
	http.StatusInternalServerError:   errCutOff,
}

// maxFlaws is how many flaws are named at once.
const maxFlaws = 20

// objection is the problem that huma sees in a request before it is carried out,
// or that came of carrying it out.
func (q *request) objection(ctx huma.Context, status int, errs []error) *problem {
	switch refused := objections[status]; {
	case q.read && len(errs) > 0:
		return q.problem(ctx.Context(), errs[0])
	case refused != nil:
		return q.problem(ctx.Context(), refused)
	case status == http.StatusBadRequest && len(errs) == 0:
		return q.problem(ctx.Context(), errNoBody)
	case status == http.StatusBadRequest:
		return q.problem(ctx.Context(), unreadableJSON(errs[0]))
	}
	var flaws []flaw
	refused := errParameter
	for _, err := range errs {
		if detailed, ok := err.(huma.ErrorDetailer); ok {
			d := detailed.ErrorDetail()
			flaws = append(flaws, flawOf(d))
			if strings.HasPrefix(d.Location, "body") {
				refused = errBody
			}
		}
	}
	slices.SortFunc(flaws, func(a, b flaw) int { return cmp.Compare(a.Pointer, b.Pointer) })
	p := q.problem(ctx.Context(), refused)
	if len(flaws) > 0 {
		p.Pointer, p.Detail = flaws[0].Pointer, flaws[0].Detail
	}
	if len(flaws) > 1 {
		p.Errors = flaws[:min(len(flaws), maxFlaws)]
	}
	return p
}

// flawOf says what is wrong without what was sent: that may be a password.
func flawOf(d *huma.ErrorDetail) flaw {
	_, path, _ := strings.Cut(d.Location, ".")
	before, after, _ := strings.Cut(validation.MsgExpectedRequiredProperty, "%s")
	missing, isMissing := strings.CutPrefix(d.Message, before)
	if isMissing {
		path = strings.TrimPrefix(path+"."+strings.TrimSuffix(missing, after), ".")
	}
	at := pointerTo(path)
	if in, ok := d.Value.(map[string]any); ok && d.Message == validation.MsgUnexpectedProperty {
		at = pointerIn(in, path)
	}
	name := cmp.Or(strings.TrimPrefix(at, "/"), "The body")
	switch {
	case isMissing:
		return flaw{at, fmt.Sprintf("%s is missing. Send it.", name)}
	case d.Message == validation.MsgUnexpectedProperty || d.Message == "unknown query parameter":
		return flaw{at, fmt.Sprintf("%s is not known here. Leave it out, or correct its name.", name)}
	case path == "" && d.Message != validation.MsgExpectedObject:
		return flaw{at, "A number in the body is too large."}
	}
	return flaw{at, fmt.Sprintf("%s does not fit: %s.", name, d.Message)}
}

// pointerIn is a path that ends with a key of an object, which may have dots in it.
func pointerIn(object map[string]any, path string) string {
	longest := ""
	for key := range object {
		if len(key) > len(longest) && strings.HasSuffix("."+path, "."+key) {
			longest = key
		}
	}
	return pointerTo(strings.TrimSuffix(strings.TrimSuffix(path, longest), ".")) + "/" + token.Replace(longest)
}

// pointerTo is a path such as "filter.all[0].test" as a JSON pointer.
func pointerTo(path string) string {
	if path == "" {
		return ""
	}
	steps := strings.NewReplacer("[", "/", "]", "", ".", "/")
	return "/" + steps.Replace(token.Replace(path))
}

// token makes a key a token of a JSON pointer (RFC 6901, section 3).
var token = strings.NewReplacer("~", "~0", "/", "~1")
