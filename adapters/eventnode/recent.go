package eventnode

// recent remembers at least the last things it was told or asked about, up to so many
// and so many bytes, and at most twice as many: when the young are too many, they become
// the old, and those that were old are forgotten.
type recent[K comparable, V any] struct {
	max, maxBytes int
	weigh         func(K, V) int // how many bytes of its own a thing has
	bytes         int            // of the young
	young, old    map[K]V
}

func newRecent[K comparable, V any](max, maxBytes int, weigh func(K, V) int) *recent[K, V] {
	return &recent[K, V]{max: max, maxBytes: maxBytes, weigh: weigh, young: map[K]V{}}
}

func (r *recent[K, V]) get(k K) (V, bool) {
	v, ok := r.young[k]
	if ok {
		return v, true
	}
	if v, ok = r.old[k]; ok {
		r.put(k, v)
	}
	return v, ok
}

// put remembers a thing that is not among the young.
func (r *recent[K, V]) put(k K, v V) {
	if len(r.young) >= r.max || r.bytes >= r.maxBytes {
		r.young, r.old, r.bytes = map[K]V{}, r.young, 0
	}
	r.young[k] = v
	r.bytes += r.weigh(k, v)
}

func (r *recent[K, V]) drop(k K) {
	if v, ok := r.young[k]; ok {
		r.bytes -= r.weigh(k, v)
		delete(r.young, k)
	}
	delete(r.old, k)
}
