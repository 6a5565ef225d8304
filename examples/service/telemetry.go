package main

import (
	"context"
	"errors"
	"io"
	"net/http"
	"time"

	"go.opentelemetry.io/contrib/instrumentation/net/http/otelhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/stdout/stdoutmetric"
	"go.opentelemetry.io/otel/exporters/stdout/stdouttrace"
	"go.opentelemetry.io/otel/metric"
	sdkmetric "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/trace"

	"github.com/tnkit/tnkit/numbers"
)

// telemetry has the traces and the metrics. To send them elsewhere, replace the two
// exporters, for example by otlptracehttp and otlpmetrichttp.
type telemetry struct {
	traces   *trace.TracerProvider
	metrics  *sdkmetric.MeterProvider
	attempts metric.Float64Histogram
	drifts   metric.Int64Counter
}

func newTelemetry(to string, out io.Writer) (*telemetry, error) {
	t := &telemetry{traces: trace.NewTracerProvider(trace.WithSampler(trace.NeverSample())), metrics: sdkmetric.NewMeterProvider()}
	if to == "stdout" {
		spans, err := stdouttrace.New(stdouttrace.WithWriter(out))
		if err != nil {
			return nil, err
		}
		values, err := stdoutmetric.New(stdoutmetric.WithWriter(out))
		if err != nil {
			return nil, err
		}
		t.traces = trace.NewTracerProvider(trace.WithBatcher(spans))
		t.metrics = sdkmetric.NewMeterProvider(sdkmetric.WithReader(sdkmetric.NewPeriodicReader(values)))
	}
	meter := t.metrics.Meter("github.com/tnkit/tnkit/examples/service")
	var errAttempts, errDrifts error
	t.attempts, errAttempts = meter.Float64Histogram("tnkit.attempt.duration", metric.WithUnit("s"), metric.WithDescription("Requests to the vendor, by operation and result."))
	t.drifts, errDrifts = meter.Int64Counter("tnkit.drift", metric.WithDescription("Members of the vendor's answers that are not as documented."))
	return t, errors.Join(errAttempts, errDrifts)
}

// close writes what is not written yet.
func (t *telemetry) close() error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	return errors.Join(t.traces.Shutdown(ctx), t.metrics.Shutdown(ctx))
}

// transport makes a span of each request to the vendor, named after the operation.
func (t *telemetry) transport() http.RoundTripper {
	return otelhttp.NewTransport(http.DefaultTransport.(*http.Transport).Clone(),
		otelhttp.WithTracerProvider(t.traces), otelhttp.WithMeterProvider(t.metrics),
		otelhttp.WithSpanNameFormatter(func(_ string, r *http.Request) string {
			o, _ := numbers.OperationFrom(r.Context())
			return o.Vendor + " " + o.Op
		}))
}

// onAttempt is ClientOptions.OnAttempt.
func (t *telemetry) onAttempt(ctx context.Context, a numbers.AttemptInfo) {
	result := "ok"
	if a.Kind != nil {
		result = a.Kind.Error()
	}
	t.attempts.Record(ctx, a.Duration.Seconds(), metric.WithAttributes(
		attribute.String("vendor", a.Vendor), attribute.String("op", a.Op), attribute.String("class", string(a.Class)),
		attribute.Int("status", a.Status), attribute.String("result", result)))
}

// onDrift is ClientOptions.OnDrift.
func (t *telemetry) onDrift(ctx context.Context, d numbers.Drift) {
	t.drifts.Add(ctx, 1, metric.WithAttributes(attribute.String("vendor", d.Vendor), attribute.String("op", d.Op), attribute.String("path", d.Path)))
}
