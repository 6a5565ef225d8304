package exclusive

import (
	"context"
	"mime"
	"net/http"

	"github.com/tnkit/tnkit/internal/api"
	"github.com/tnkit/tnkit/numbers"
)

// Export downloads all numbers as a file, which is handed over as it comes.
// Close it. PortSIP does not document what is in it (and calls it, wrongly, a
// file of number blacklists).
//
// GET /exclusive_numbers/export, answered with application/octet-stream and a
// file name. A web page in its place, of a portal or a proxy, is ErrVendor.
func (s *NumbersService) Export(ctx context.Context) (*numbers.Download, error) {
	const op = "Numbers.Export"
	file, err := s.api.Download(ctx, &api.Call{
		Op: op, Class: api.Read, Method: http.MethodGet, Path: numbersPath + "/" + exportID, Accept: "*/*",
	})
	if err != nil {
		return nil, err
	}
	if kind, _, _ := mime.ParseMediaType(file.ContentType); kind == "text/html" {
		_ = file.Body.Close()
		return nil, &numbers.Error{Op: op, Vendor: vendor, Kind: numbers.ErrVendor, Status: http.StatusOK, Message: webPage}
	}
	return file, nil
}
