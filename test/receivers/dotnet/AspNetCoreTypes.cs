// The types of ASP.NET Core that the receiver and its README use, as declarations without the work behind them: with these a
// compiler checks names and types of that part where there is no .NET SDK. Signatures are those of ASP.NET Core 8.
using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Primitives;

namespace Microsoft.Extensions.Primitives
{
    public struct StringValues
    {
        public static implicit operator StringValues(string value) { throw new NotImplementedException(); }
        public string[] ToArray() { throw new NotImplementedException(); }
    }
}

namespace Microsoft.Extensions.DependencyInjection
{
    public static class ServiceProviderServiceExtensions
    {
        public static T GetService<T>(this IServiceProvider provider) { throw new NotImplementedException(); }
    }
}

namespace Microsoft.Extensions.Hosting
{
    public interface IHostApplicationLifetime
    {
        CancellationToken ApplicationStopping { get; }
    }
}

namespace Microsoft.AspNetCore.Routing
{
    public interface IEndpointRouteBuilder { }
}

namespace Microsoft.AspNetCore.Http
{
    public delegate Task RequestDelegate(HttpContext context);

    public struct PathString
    {
        public static implicit operator PathString(string path) { throw new NotImplementedException(); }
        public static bool operator ==(PathString left, PathString right) { throw new NotImplementedException(); }
        public static bool operator !=(PathString left, PathString right) { throw new NotImplementedException(); }
        public override bool Equals(object other) { throw new NotImplementedException(); }
        public override int GetHashCode() { throw new NotImplementedException(); }
    }

    public interface IHeaderDictionary : IDictionary<string, StringValues> { }

    public abstract class HttpContext
    {
        public abstract HttpRequest Request { get; }
        public abstract HttpResponse Response { get; }
    }

    public abstract class HttpRequest
    {
        public abstract string Method { get; set; }
        public abstract PathString Path { get; set; }
        public abstract IHeaderDictionary Headers { get; }
        public abstract Stream Body { get; set; }
        public abstract long? ContentLength { get; set; }
    }

    public abstract class HttpResponse
    {
        public abstract int StatusCode { get; set; }
        public abstract IHeaderDictionary Headers { get; }
    }

    public static class HttpResponseWritingExtensions
    {
        public static Task WriteAsync(this HttpResponse response, string text, CancellationToken token = default(CancellationToken))
        {
            throw new NotImplementedException();
        }
    }
}

namespace Microsoft.AspNetCore.Builder
{
    public interface IApplicationBuilder
    {
        IServiceProvider ApplicationServices { get; set; }
    }

    public interface IEndpointConventionBuilder { }

    public static class Extensions
    {
        public static IApplicationBuilder MapWhen(
            this IApplicationBuilder app, Func<HttpContext, bool> predicate, Action<IApplicationBuilder> configuration)
        {
            throw new NotImplementedException();
        }

        public static void Run(this IApplicationBuilder app, RequestDelegate handler) { throw new NotImplementedException(); }

        public static IEndpointConventionBuilder MapPost(this IEndpointRouteBuilder endpoints, string pattern, RequestDelegate handler)
        {
            throw new NotImplementedException();
        }
    }

    public abstract class WebApplication : IApplicationBuilder, IEndpointRouteBuilder
    {
        public abstract IServiceProvider ApplicationServices { get; set; }
        public static WebApplication Create(string[] args = null) { throw new NotImplementedException(); }
        public void Run(string url = null) { throw new NotImplementedException(); }
    }
}
