package eventnode

import "google.golang.org/grpc"

// What a page holds at most. Pages are read in one go and sent afterwards, so that
// a slow client holds no iterator open and little memory.
const (
	pageEvents = 512
	pageBytes  = 256 << 10
	pageSearch = 16 << 10 // events that may be looked at to fill a page
)

// page gathers messages to be sent. They share one buffer.
type page struct {
	buf  []byte
	ends []int
	size int // what the last page needed
}

// add appends a message, which encode appends to what it is given.
func (p *page) add(encode func(b []byte) []byte) {
	if p.buf == nil {
		p.buf = make([]byte, 0, max(p.size, 512))
	}
	p.buf = encode(p.buf)
	p.ends = append(p.ends, len(p.buf))
}

func (p *page) full() bool { return len(p.ends) >= pageEvents || len(p.buf) >= pageBytes }

// send sends the messages and empties the page.
func (p *page) send(to grpc.ServerStream) error {
	begin := 0
	for _, end := range p.ends {
		if err := to.SendMsg(frame(p.buf[begin:end:end])); err != nil {
			return err
		}
		begin = end
	}
	p.size, p.buf, p.ends = len(p.buf), nil, p.ends[:0]
	return nil
}
