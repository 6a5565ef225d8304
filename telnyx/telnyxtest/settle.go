package telnyxtest

// settleLater lets a line succeed when its time has come.
func (s *Server) settleLater(l *line) {
	s.fake.After(s.opts.SettleAfter, func() {
		if l.met() && !l.stuck {
			s.win(l)
		}
	})
}

// win buys the number of a line.
func (s *Server) win(l *line) {
	if l.status != statusPending {
		return
	}
	s.end(l, statusSuccess)
	s.buy(l)
}

// lose ends a line without buying.
func (s *Server) lose(l *line) {
	if l.status == statusPending {
		s.end(l, statusFailure)
	}
}

func (s *Server) end(l *line, status string) {
	now := s.fake.Now()
	l.status, l.order.updated, l.sub.updated = status, now, now
	delete(s.pending, l.number)
}
