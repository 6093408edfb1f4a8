using ControlPlane.Security;

namespace ControlPlane.Tests.Security;

public sealed class NameBasedIdTests
{
    // RFC 9562, appendix A.4.
    [Fact]
    public void The_id_equals_the_example_of_the_standard() => Assert.Equal(
        new Guid("2ed6657d-e927-568b-95e1-2665a8aea6a2"),
        NameBasedId.Create(new Guid("6ba7b810-9dad-11d1-80b4-00c04fd430c8"), "www.example.com"));
}
