package exclusive

import (
	"context"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// Export downloads all numbers as a file, which is handed over as it comes.
// Close it. PortSIP does not document what is in it (and calls it, wrongly, a
// file of number blacklists).
//
// GET /exclusive_numbers/export, answered with application/octet-stream and a
// file name.
func (s *NumbersService) Export(ctx context.Context) (*numbers.Download, error) {
	return s.api.Download(ctx, &api.Call{
		Op: "Numbers.Export", Class: api.Read, Method: http.MethodGet, Path: numbersPath + "/" + exportID, Accept: "*/*",
	})
}
