package dev.chagres.cli;

import dev.chagres.gpt2.evaluate.Curve;
import dev.chagres.gpt2.evaluate.EvaluationReport;
import dev.chagres.gpt2.evaluate.LayerError;
import java.awt.Dimension;
import java.io.IOException;
import java.io.StringWriter;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;
import javax.xml.parsers.DocumentBuilderFactory;
import javax.xml.parsers.ParserConfigurationException;
import org.apache.batik.svggen.SVGGeneratorContext;
import org.apache.batik.svggen.SVGGraphics2D;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.style.Styler.LegendPosition;
import org.knowm.xchart.style.markers.SeriesMarkers;

/// Draws an evaluation: perplexity of both models and divergence by position in the window, and the errors by layer
/// where they were measured, one below the other. The only class that needs the drawing libraries. Equal reports give
/// equal bytes where the fonts are equal.
public final class EvaluationPlot {
    private static final int WIDTH = 900;
    private static final int HEIGHT = 320;
    /// Most points of a curve; positions are taken together.
    private static final int POINTS = 64;

    /// Outlines of letters are most of a drawing: a hundredth of a pixel is enough for them.
    private static final int DECIMALS = 2;

    private EvaluationPlot() {}

    /// The drawing as SVG.
    public static byte[] svg(EvaluationReport report) throws IOException {
        System.setProperty("java.awt.headless", "true");
        List<XYChart> charts = new ArrayList<>();
        charts.add(perplexity(report));
        if (report.comparison().isPresent()) {
            charts.add(divergence(report));
        }
        if (!report.layers().isEmpty()) {
            charts.add(errors(report));
        }
        SVGGraphics2D graphics = graphics();
        graphics.setSVGCanvasSize(new Dimension(WIDTH, HEIGHT * charts.size()));
        for (XYChart chart : charts) {
            chart.paint(graphics, WIDTH, HEIGHT);
            graphics.translate(0, HEIGHT);
        }
        StringWriter out = new StringWriter();
        graphics.stream(out);
        return out.toString().getBytes(StandardCharsets.UTF_8);
    }

    private static SVGGraphics2D graphics() throws IOException {
        try {
            SVGGeneratorContext context = SVGGeneratorContext.createDefault(
                    DocumentBuilderFactory.newInstance().newDocumentBuilder().newDocument());
            context.setComment(null);
            context.setPrecision(DECIMALS);
            return new SVGGraphics2D(context, false);
        } catch (ParserConfigurationException e) {
            throw new IOException("cannot draw: " + e.getMessage(), e);
        }
    }

    private static XYChart perplexity(EvaluationReport report) {
        XYChart chart = chart("Perplexity by position in the window", "position", "perplexity");
        curve(chart, "integer", report.curve(), Curve::integerLoss, Math::exp);
        if (report.comparison().isPresent()) {
            curve(chart, "float", report.curve(), Curve::floatLoss, Math::exp);
        }
        return chart;
    }

    private static XYChart divergence(EvaluationReport report) {
        XYChart chart = chart("KL(float || integer) by position in the window", "position", "1e-4 nats");
        curve(chart, "KL", report.curve(), Curve::divergence, v -> v * 1e4);
        return chart;
    }

    private static XYChart errors(EvaluationReport report) {
        XYChart chart = chart("Relative error of the stream by layer", "layers done", "%");
        List<LayerError> stream = report.layers().stream()
                .filter(e -> e.place().equals("streamAfterMlp") || e.place().equals("embedding")).toList();
        double[] x = stream.stream().mapToDouble(e -> e.layer() + 1).toArray();
        line(chart, "first rows", x, percents(stream, e -> e.first().mean()));
        line(chart, "other rows", x, percents(stream, e -> e.others().mean()));
        return chart;
    }

    private static double[] percents(List<LayerError> errors, ToDoubleFunction<LayerError> value) {
        return errors.stream().mapToDouble(e -> 100 * value.applyAsDouble(e)).toArray();
    }

    private static XYChart chart(String title, String x, String y) {
        XYChart chart = new XYChartBuilder().width(WIDTH).height(HEIGHT).title(title).xAxisTitle(x).yAxisTitle(y)
                .build();
        chart.getStyler().setLegendPosition(LegendPosition.InsideNE);
        return chart;
    }

    private interface Values {
        double[] of(Curve curve);
    }

    private interface Shown {
        double of(double value);
    }

    /// A curve of means over neighbouring positions.
    private static void curve(XYChart chart, String name, Curve curve, Values values, Shown shown) {
        double[] means = values.of(curve);
        int size = (means.length + POINTS - 1) / POINTS;
        List<double[]> points = new ArrayList<>();
        for (int from = 0; from < means.length; from += size) {
            int to = Math.min(means.length, from + size);
            long count = 0;
            double sum = 0;
            for (int i = from; i < to; i++) {
                if (curve.counts()[i] > 0) {
                    count += curve.counts()[i];
                    sum += means[i] * curve.counts()[i];
                }
            }
            if (count > 0) {
                points.add(new double[] {(from + to - 1) / 2.0, shown.of(sum / count)});
            }
        }
        line(chart, name, column(points, 0), column(points, 1));
    }

    private static double[] column(List<double[]> points, int i) {
        return points.stream().mapToDouble(p -> p[i]).toArray();
    }

    /// What is not a number is left out.
    private static void line(XYChart chart, String name, double[] x, double[] y) {
        int[] good = IntStream.range(0, y.length).filter(i -> Double.isFinite(y[i])).toArray();
        if (good.length > 0) {
            chart.addSeries(name, IntStream.of(good).mapToDouble(i -> x[i]).toArray(),
                    IntStream.of(good).mapToDouble(i -> y[i]).toArray()).setMarker(SeriesMarkers.NONE);
        }
    }
}
