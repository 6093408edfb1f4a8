namespace Api.Tests;

/// <summary>
/// A running head of the API. Each project that contains these tests has its own class <c>Head</c>, which starts one.
/// </summary>
public interface IHead : IAsyncDisposable
{
    Uri Address { get; }
}
