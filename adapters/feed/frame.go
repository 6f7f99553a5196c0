package feed

import (
	"encoding/binary"
	"errors"
	"iter"
	"time"

	"skein/domain"
)

// A Line is an event as the journal keeps it, not yet read.
type Line struct {
	Stream   domain.Stream
	Kind     string
	Data     []byte
	Metadata []byte
	Revision uint64
	Position domain.Position
	At       time.Time
}

// A Frame is a page as a message carries it: a byte for the version, the position of
// its end in eight bytes, and its lines, numbers as varints and texts behind their
// lengths.
type Frame []byte

const (
	version = 1
	head    = 1 + 8
)

// errFrame says that a message is not a page.
var errFrame = errors.New("the message is no page of the journal")

// Marshal is the frame of a page that ends at a position.
func Marshal(end domain.Position, lines ...Line) Frame {
	f := blank(head)
	for _, l := range lines {
		f = f.with(l)
	}
	return f.ending(end)
}

// blank is a frame without lines, with room for size bytes.
func blank(size int) Frame {
	return append(make(Frame, 0, size), make([]byte, head)...)
}

// with is the frame with one more line.
func (f Frame) with(l Line) Frame {
	f = appendText(f, string(l.Stream))
	f = appendText(f, l.Kind)
	f = appendText(f, l.Data)
	f = appendText(f, l.Metadata)
	f = binary.AppendUvarint(f, l.Revision)
	f = binary.AppendUvarint(f, uint64(l.Position))
	return binary.AppendVarint(f, l.At.UnixNano())
}

// ending is the frame with its head filled in, ready to be sent.
func (f Frame) ending(end domain.Position) Frame {
	f[0] = version
	binary.BigEndian.PutUint64(f[1:head], uint64(end))
	return f
}

func appendText[T string | []byte](f Frame, text T) Frame {
	return append(binary.AppendUvarint(f, uint64(len(text))), text...)
}

// End is the position up to which the page tells of the journal.
func (f Frame) End() (domain.Position, error) {
	if len(f) < head || f[0] != version {
		return 0, errFrame
	}
	return domain.Position(binary.BigEndian.Uint64(f[1:head])), nil
}

// Lines yields the lines of the page, which share its memory. It ends with an error
// when the frame is damaged.
func (f Frame) Lines() iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		if _, err := f.End(); err != nil {
			yield(Line{}, err)
			return
		}
		kinds := map[string]string{}
		for r := (reader{rest: f[head:]}); len(r.rest) > 0; {
			l := Line{Stream: domain.Stream(r.text())}
			kind := r.text()
			l.Kind = kinds[string(kind)]
			if l.Kind == "" {
				l.Kind = string(kind)
				kinds[l.Kind] = l.Kind
			}
			l.Data, l.Metadata = r.text(), r.text()
			l.Revision, l.Position = r.number(), domain.Position(r.number())
			l.At = r.time()
			if r.damaged {
				yield(Line{}, errFrame)
				return
			}
			if !yield(l, nil) {
				return
			}
		}
	}
}

// reader takes a frame apart. Once it has met damage it reads nothing more.
type reader struct {
	rest    []byte
	damaged bool
}

func (r *reader) number() uint64 {
	v, n := binary.Uvarint(r.rest)
	r.skip(n)
	return v
}

func (r *reader) time() time.Time {
	v, n := binary.Varint(r.rest)
	r.skip(n)
	return time.Unix(0, v).UTC()
}

func (r *reader) text() []byte {
	n := r.number()
	if n > uint64(len(r.rest)) {
		r.skip(0)
		return nil
	}
	text := r.rest[:n:n]
	r.rest = r.rest[n:]
	return text
}

func (r *reader) skip(n int) {
	if n <= 0 {
		r.rest, r.damaged = nil, true
		return
	}
	r.rest = r.rest[n:]
}
