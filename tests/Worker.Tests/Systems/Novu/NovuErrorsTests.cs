using System.Net;
using ControlPlane;
using Worker.Systems.Novu;

namespace Worker.Tests.Systems.Novu;

/// <summary>The table of Novu's errors.</summary>
public sealed class NovuErrorsTests
{
    [Theory]
    [InlineData(401, ErrorClass.Connection)]
    [InlineData(402, ErrorClass.Connection)] // the plan is exhausted
    [InlineData(403, ErrorClass.Connection)]
    [InlineData(302, ErrorClass.Connection)]
    [InlineData(503, ErrorClass.Connection)]
    [InlineData(201, ErrorClass.Temporary)]  // accepted without effect
    [InlineData(409, ErrorClass.Temporary)]
    [InlineData(429, ErrorClass.Temporary)]
    [InlineData(500, ErrorClass.Temporary)]
    [InlineData(400, ErrorClass.Content)]
    [InlineData(404, ErrorClass.Content)]
    [InlineData(422, ErrorClass.Content)]
    [InlineData(501, ErrorClass.Content)]
    public void Each_status_has_its_class(int status, ErrorClass expected)
    {
        Assert.Equal(expected, NovuErrors.Table.Classify((HttpStatusCode)status, null));
        Assert.Equal(status == 401, NovuErrors.Table.RefusesCredentials((HttpStatusCode)status));
    }
}
