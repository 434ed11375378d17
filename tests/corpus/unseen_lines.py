"""Lines of code and configuration that hold a secret, in the manners of many languages and tools: one template a line."""

from __future__ import annotations

PASSWORD_LINES = """
DB_PASSWORD=‹CODEPW›
DB_PASS="‹CODEPW›"
POSTGRES_PASSWORD='‹CODEPW›'
export PGPASSWORD=‹CODEPW›
REDIS_PASSWORD=‹CODEPW›⏎REDIS_HOST=‹host›
password: ‹CODEPW›
  password: "‹CODEPW›"
  db_password: '‹CODEPW›'
spring.datasource.password=‹CODEPW›
spring.datasource.username=‹login›⏎spring.datasource.password=‹CODEPW›
ldap.bind.password = ‹CODEPW›
"password": "‹CODEPW›",
{"user": "‹login›", "password": "‹CODEPW›"}
{"username":"‹login›","passwd":"‹CODEPW›","host":"‹host›"}
password = "‹CODEPW›"
PASSWORD = '‹CODEPW›'
self.password = "‹CODEPW›"
conn = psycopg2.connect(host="‹host›", user="‹login›", password="‹CODEPW›")
engine = connect(user='‹login›', passwd='‹CODEPW›', db='‹db›')
const password = "‹CODEPW›";
const dbPassword = '‹CODEPW›';
let pwd = "‹CODEPW›"
  password: '‹CODEPW›',
var smtpPassword string = "‹CODEPW›"
password := "‹CODEPW›"
	Password: "‹CODEPW›",
$password = '‹CODEPW›';
$db_pass = "‹CODEPW›";
define('DB_PASSWORD', '‹CODEPW›');
'password' => '‹CODEPW›',
string password = "‹CODEPW›";
private static final String PASSWORD = "‹CODEPW›";
public const string AdminPassword = "‹CODEPW›";
mysql -u ‹login› -p‹CODEPW› ‹db›
mysqldump --user=‹login› --password=‹CODEPW› ‹db› > dump.sql
sshpass -p '‹CODEPW›' ssh ‹login›@‹host›
sshpass -p ‹CODEPW› scp file ‹login›@‹host›:/tmp
curl -u ‹login›:‹CODEPW› https://‹host›/api
curl --user '‹login›:‹CODEPW›' http://‹host›:8080/
docker login -u ‹login› -p ‹CODEPW› registry.acme.ru
net use Z: \\\\‹host›\\share /user:‹login› ‹CODEPW›
ENV MYSQL_ROOT_PASSWORD=‹CODEPW›
ENV ADMIN_PASSWORD ‹CODEPW›
      - POSTGRES_PASSWORD=‹CODEPW›
      MYSQL_PASSWORD: ‹CODEPW›
  admin_password = "‹CODEPW›"
variable "db_password" { default = "‹CODEPW›" }
kubectl create secret generic db --from-literal=password=‹CODEPW›
helm install pg bitnami/postgresql --set auth.postgresPassword=‹CODEPW›
machine ‹host› login ‹login› password ‹CODEPW›
‹host›:5432:‹db›:‹login›:‹CODEPW›
<password>‹CODEPW›</password>
<add key="SmtpPassword" value="‹CODEPW›" />
<property name="password" value="‹CODEPW›"/>
ALTER USER ‹login› WITH PASSWORD '‹CODEPW›';
CREATE USER '‹login›'@'%' IDENTIFIED BY '‹CODEPW›';
ansible_password=‹CODEPW›
ansible_ssh_pass: ‹CODEPW›
keystore.password=‹CODEPW›
requirepass ‹CODEPW›
echo "‹login›:‹CODEPW›" | chpasswd
wpa_passphrase="‹CODEPW›"
psk="‹CODEPW›"
PGPASSWORD=‹CODEPW› psql -h ‹host› -U ‹login› ‹db›
$cred = ConvertTo-SecureString "‹CODEPW›" -AsPlainText -Force
openssl pkcs12 -in cert.pfx -passin pass:‹CODEPW›
"""

KEY_LINES = """
API_KEY=‹KEY›
API_TOKEN="‹KEY›"
SECRET_KEY = '‹KEY›'
SECRET_KEY_BASE=‹KEY›
JWT_SECRET=‹KEY›
secret_key: ‹KEY›
  api_key: "‹KEY›"
"apiKey": "‹KEY›",
{"client_id": "acme-web", "client_secret": "‹KEY›"}
client_secret = "‹KEY›"
clientSecret: '‹KEY›',
const apiKey = "‹KEY›";
auth_token = "‹KEY›"
accessToken: "‹KEY›"
access_token=‹KEY›
curl -H "X-Api-Key: ‹KEY›" https://‹host›/v2/list
curl -H 'Authorization: Token ‹KEY›' https://‹host›/
X-Auth-Token: ‹KEY›
https://‹host›/api?api_key=‹KEY›
GET /v1/maps?key=‹n›&access_token=‹KEY›
'api_key' => '‹KEY›',
define('AUTH_KEY', '‹KEY›');
apiKey := "‹KEY›"
private String apiKey = "‹KEY›";
<add key="ApiKey" value="‹KEY›" />
app.secret=‹KEY›
encryption_key = ‹KEY›
webhook_secret: ‹KEY›
DD_API_KEY=‹H32›
TWILIO_AUTH_TOKEN=‹H32›
CLOUDFLARE_API_TOKEN=‹A40›
DADATA_API_KEY = "‹H40›"
mailchimp_api_key: ‹MAILCHIMP›
HEROKU_API_KEY=‹UUID›
kubectl create secret generic app --from-literal=api-key=‹KEY›
//registry.acme.ru/:_authToken=‹UUID›
"""

DATABASE_LINES = """
DATABASE_URL=‹URI›
DATABASE_URL="‹URI›"
строка подключения: ‹URI›
‹URI›
conn = create_engine("‹URI›")
  url: ‹URI›
подключись к ‹URI› и глянь
"uri": "‹URI›",
psql ‹URI›
mongosh "‹URI›"
CELERY_BROKER_URL=‹URI›
(‹URI›)
spring.datasource.url=‹JDBC›
jdbcUrl: "‹JDBC›"
connectionString="‹ADO›"
"DefaultConnection": "‹ADO›"
ConnStr = "‹ADO›";
строка: ‹ADO›
‹ODBC›
conn_str = "‹ODBC›"
"""
