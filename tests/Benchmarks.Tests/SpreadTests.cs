namespace Benchmarks.Tests;

public sealed class SpreadTests
{
    [Theory]
    [InlineData(4.0, 4.0)]
    [InlineData(2.0, 3.0, 1.0, 2.0)]
    [InlineData(2.5, 4.0, 1.0, 3.0, 2.0)]
    [InlineData(1.5, 2.0, 1.0)]
    [InlineData(7.0, 7.0, 7.0, 7.0, 7.0)]
    [InlineData(3.0, 1000.0, 3.0, 2.0, 4.0, 1.0)]
    public void The_median_is_the_middle_value_or_the_mean_of_the_two_in_the_middle(
        double median, params double[] values) =>
        Assert.Equal(median, Of(values).Median);

    [Fact]
    public void The_text_gives_median_unit_minimum_maximum_and_count() =>
        Assert.Equal("3 ms (1.5 to 12.3, n = 4)", Of(12.26, 1.5, 2, 4).ToString());

    [Fact]
    public void A_single_value_is_median_minimum_and_maximum() =>
        Assert.Equal("5 ms (5 to 5, n = 1)", Of(5).ToString());

    [Fact]
    public void The_ratio_is_that_of_the_medians()
    {
        Assert.Equal(0.5, Of(1, 2, 90).RatioTo(Of(4)));
        Assert.Equal(2, Of(4, 4).RatioTo(Of(1, 3)));
    }

    [Fact]
    public void Without_values_there_is_no_median() =>
        Assert.Throws<InvalidOperationException>(() => Of().Median);

    private static Spread Of(params double[] values)
    {
        var spread = new Spread("ms");
        foreach (double value in values)
        {
            spread.Add(value);
        }

        return spread;
    }
}
