package httpapi

import (
	"cmp"
	"net/http"
	"strings"

	"github.com/go-chi/chi/v5"
)

// otherMethods answers requests for what is there, but not in that way.
func otherMethods(mux *chi.Mux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		path := cmp.Or(r.URL.RawPath, r.URL.Path)
		var allowed []string
		for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
			if mux.Match(chi.NewRouteContext(), method, path) {
				allowed = append(allowed, method)
			}
		}
		if len(allowed) == 0 {
			refuse(w, r, errRoute)
			return
		}
		w.Header().Set("Allow", strings.Join(allowed, ", "))
		refuse(w, r, errMethod)
	}
}
